#include "inspect/offers_report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "inspect/json.hpp"
#include "inspect/text.hpp"

namespace wasm_bpf::inspect {
namespace {

using bpf::Offer;

// Kinds of one sort: how many there are, which, and which not.
std::string kinds_text(const char* what, const std::vector<Offer>& offers) {
    std::vector<std::string> there, missing;
    for (const Offer& each : offers)
        if (each.there)
            there.push_back(each.name);
        else
            missing.push_back(each.why.empty() ? each.name : fmt::format("{} ({})", each.name, each.why));
    std::string text = fmt::format("\n{}: {} of {}\n", what, there.size(), offers.size());
    if (!there.empty()) text += list_text("  ", there);
    if (!missing.empty()) text += list_text("  not here: ", missing);
    return text;
}

// A row each; what is missing says why below it.
std::string rows_text(const char* what, const std::vector<Offer>& offers) {
    std::size_t width = 0;
    for (const Offer& each : offers) width = std::max(width, each.name.size());
    std::string text = fmt::format("\n{}\n", what);
    for (const Offer& each : offers) {
        const std::string label = fmt::format("  {:<{}}  {}", each.name, width, each.there ? "yes" : "no   ");
        text += each.there || each.why.empty() ? label + "\n" : wrapped_text(label, each.why);
    }
    return text;
}

Json rows_json(const std::vector<Offer>& offers) {
    Json rows = Json::array();
    for (const Offer& each : offers) {
        Json row{{"name", each.name}, {"there", each.there}};
        if (!each.there && !each.why.empty()) row["why"] = each.why;
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

std::string offers_text(const bpf::KernelOffers& offers) {
    std::string text = fmt::format("Linux {}, {}\n", offers.release, offers.machine);
    if (!offers.asked)
        text += wrapped_text(
            "note: ",
            "without privileges the kernel was not asked: what its BTF or version says may not all be built in");
    return text + rows_text("system", offers.system) + rows_text("privileges of this process", offers.privileges) +
           rows_text("attaching", offers.attaching) + kinds_text("program types", offers.program_types) +
           kinds_text("map types", offers.map_types);
}

std::string helpers_text(const std::vector<bpf::Offer>& helpers, const std::string& program_type) {
    return kinds_text(fmt::format("helpers for {} programs", program_type).c_str(), helpers).substr(1);
}

std::string offers_json(const bpf::KernelOffers& offers) {
    return json_text({{"release", offers.release},
                      {"machine", offers.machine},
                      {"asked", offers.asked},
                      {"system", rows_json(offers.system)},
                      {"privileges", rows_json(offers.privileges)},
                      {"attaching", rows_json(offers.attaching)},
                      {"program_types", rows_json(offers.program_types)},
                      {"map_types", rows_json(offers.map_types)}});
}

std::string helpers_json(const std::vector<bpf::Offer>& helpers, const std::string& program_type) {
    return json_text({{"program_type", program_type}, {"helpers", rows_json(helpers)}});
}

}  // namespace wasm_bpf::inspect
