#pragma once
// What a new version of a guest takes over from the one in whose place it comes: maps, and links with their places.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "bpf/link.hpp"
#include "bpf/map.hpp"
#include "bpf/program.hpp"
#include "host_api/handle_table.hpp"
#include "wasm_bpf/log.hpp"

namespace wasm_bpf::host_api {

struct Host;

// The old guest stands still, and its host lives, as long as this does. Used by the new guest's thread alone.
class Heritage {
public:
    // `accepted` is called where the new guest waits for the first time: it has made and attached what it needs. It
    // says whether that came in time.
    Heritage(Host& old, std::function<bool()> accepted) : old_(old), accepted_(std::move(accepted)) {}

    // Has the object, before load, take the old guest's maps of the same names and shapes. Not those of global
    // variables, struct_ops and arenas: they belong to the code. One of another shape is said, and made anew.
    void give_maps(HostObject& object, const LogSink& log);
    // A link of the old guest's that has a program of that name at the same place, with the new program in the old
    // one's place: there was no moment without one of them. None where there is no such link.
    [[nodiscard]] std::optional<bpf::Link> give_link(const bpf::Program& program, const bpf::AttachTarget& target);
    // Detaches the old guest's link of that place, which could not be given: the new one is attached.
    void end_link(const bpf::Program& program, const bpf::AttachTarget& target);
    // The new guest waits. True where all that it took is its own from now on.
    [[nodiscard]] bool accept() const { return accepted_(); }
    // Everything back where it was: the new guest failed. `taker` is its handles.
    Result<> take_back(HandleTable& taker);

private:
    struct Given {
        bpf::Link* old_place;
        std::shared_ptr<const bpf::Attachment> attachment;  // the old one
        bpf::Fd old_program;
    };
    [[nodiscard]] bpf::Link* find(const bpf::Program& program, const bpf::AttachTarget& target);

    Host& old_;
    std::function<bool()> accepted_;
    std::vector<Given> given_;
    std::vector<bpf::Link*> ended_;
};

}  // namespace wasm_bpf::host_api
