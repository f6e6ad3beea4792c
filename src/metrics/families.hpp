#pragma once
// Readings put together to families: samples of one name and the same labels are added up.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/declaration.hpp"
#include "metrics/source.hpp"
#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf::metrics {

class Families {
public:
    // Whether there was room for all, of the series that a reading takes.
    enum class Room : bool { limited, always };
    bool add(const Declaration& declaration, const Readings& readings, Room room = Room::limited);
    // Of the host's own.
    void counter(std::string_view name, std::string_view help, double value, std::string_view unit = {},
                 const MetricLabels& labels = {}) {
        own(MetricKind::counter, name, help, value, unit, labels);
    }
    void gauge(std::string_view name, std::string_view unit, std::string_view help, double value,
               const MetricLabels& labels = {}) {
        own(MetricKind::gauge, name, help, value, unit, labels);
    }

    [[nodiscard]] std::vector<MetricFamily> all() &&;

private:
    void own(MetricKind kind, std::string_view name, std::string_view help, double value, std::string_view unit,
             const MetricLabels& labels);
    struct Family {
        Declaration declaration;  // of the first of that name
        Readings readings;
    };
    std::vector<Family> families_;
    std::size_t series_ = 0;
};

}  // namespace wasm_bpf::metrics
