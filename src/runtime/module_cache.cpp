#include "runtime/module_cache.hpp"

#include <string>

namespace wasm_bpf::runtime {

Result<std::unique_ptr<engine::Module>> compile_or_look_up(engine::Engine& engine, std::span<const std::byte> wasm,
                                                           const CacheFolder& cache) {
    const std::string version = engine.version();
    const bpf::AnswerStore::Question question{std::as_bytes(std::span(version)), wasm};
    if (const auto entry = cache.look_up(question))
        // Refuses what another build of the engine compiled.
        if (auto module = engine.load_compiled(entry->answer(), engine::Engine::kind_of(wasm))) return module;
    auto module = engine.compile(wasm);
    if (!module) return module;
    if (const auto compiled = (*module)->serialize()) cache.keep(question, *compiled);
    return module;
}

}  // namespace wasm_bpf::runtime
