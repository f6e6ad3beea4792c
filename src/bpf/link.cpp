#include "bpf/link.hpp"

#include <bpf/libbpf.h>

#include <utility>

namespace wasm_bpf::bpf {

Link::Link(Link&& other) noexcept
    : link_(std::exchange(other.link_, nullptr)),
      detach_(std::exchange(other.detach_, nullptr)),
      kept_(std::move(other.kept_)) {}

Link& Link::operator=(Link&& other) noexcept {
    if (this == &other) return *this;
    detach();
    link_ = std::exchange(other.link_, nullptr);
    detach_ = std::exchange(other.detach_, nullptr);
    kept_ = std::move(other.kept_);
    return *this;
}

Link::~Link() { detach(); }

int Link::fd() const { return link_ != nullptr ? bpf_link__fd(link_) : -1; }

void Link::detach() noexcept {
    bpf_link__destroy(std::exchange(link_, nullptr));
    if (const auto detach = std::exchange(detach_, nullptr)) detach();
    kept_.reset();
}

}  // namespace wasm_bpf::bpf
