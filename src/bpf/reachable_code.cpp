#include "bpf/reachable_code.hpp"

#include <linux/bpf.h>

#include <array>
#include <optional>
#include <vector>

namespace wasm_bpf::bpf {
namespace {

using Value = LoadedValue;
using Kind = LoadedValue::Kind;
using Registers = std::array<Value, 11>;

constexpr std::uint8_t wide_load = BPF_LD | BPF_IMM | BPF_DW;

Value constant(std::uint64_t number) { return {Kind::constant, number}; }
std::uint64_t sign_extended(std::int32_t number) { return static_cast<std::uint64_t>(std::int64_t{number}); }

// Of two constants; nothing for what compilers do not write for such.
std::optional<std::uint64_t> computed(std::uint8_t operation, std::uint64_t a, std::uint64_t b, unsigned bits) {
    switch (operation) {
        case BPF_ADD: return a + b;
        case BPF_SUB: return a - b;
        case BPF_AND: return a & b;
        case BPF_OR: return a | b;
        case BPF_XOR: return a ^ b;
        case BPF_MUL: return a * b;
        case BPF_LSH: return a << (b % bits);
        case BPF_RSH: return a >> (b % bits);
        default: return std::nullopt;
    }
}

// Whether a jump is taken; nothing where that is not known.
std::optional<bool> taken(std::uint8_t operation, const Value& a, const Value& b, bool narrow) {
    if (a.kind == Kind::not_null && b == constant(0) && !narrow) {
        if (operation == BPF_JEQ) return false;
        if (operation == BPF_JNE) return true;
    }
    if (a.kind != Kind::constant || b.kind != Kind::constant) return std::nullopt;
    const std::uint64_t x = narrow ? static_cast<std::uint32_t>(a.number) : a.number;
    const std::uint64_t y = narrow ? static_cast<std::uint32_t>(b.number) : b.number;
    const auto sx = narrow ? std::int64_t{static_cast<std::int32_t>(x)} : static_cast<std::int64_t>(x);
    const auto sy = narrow ? std::int64_t{static_cast<std::int32_t>(y)} : static_cast<std::int64_t>(y);
    switch (operation) {
        case BPF_JEQ: return x == y;
        case BPF_JNE: return x != y;
        case BPF_JGT: return x > y;
        case BPF_JGE: return x >= y;
        case BPF_JLT: return x < y;
        case BPF_JLE: return x <= y;
        case BPF_JSET: return (x & y) != 0;
        case BPF_JSGT: return sx > sy;
        case BPF_JSGE: return sx >= sy;
        case BPF_JSLT: return sx < sy;
        case BPF_JSLE: return sx <= sy;
        default: return std::nullopt;
    }
}

class Walk {
public:
    Walk(const ObjectCode& code, const KernelAnswers& answers) : code_(code), answers_(answers) {}

    std::set<CodePlace> run(std::size_t entry) {
        if (entry < code_.functions.size()) functions_.push_back(entry);
        std::set<std::size_t> seen(functions_.begin(), functions_.end());
        while (!functions_.empty()) {
            const std::size_t next = functions_.back();
            functions_.pop_back();
            walk_function(next);
            for (const std::size_t callee : called_)
                if (seen.insert(callee).second) functions_.push_back(callee);
            called_.clear();
        }
        return std::move(reached_);
    }

private:
    void walk_function(std::size_t index) {
        function_ = &code_.functions[index];
        states_.assign(function_->code.size(), std::nullopt);
        flow_to(0, {});
        while (!left_.empty()) {
            const std::size_t at = left_.back();
            left_.pop_back();
            step(at, *states_[at]);
        }
        for (std::size_t at = 0; at < states_.size(); at++)
            if (states_[at]) reached_.insert(reached_.end(), {index, at});
    }

    // Registers that differ by the way here are not known; each instruction so comes to rest.
    void flow_to(std::size_t at, const Registers& registers) {
        if (at >= states_.size()) return;
        std::optional<Registers>& known = states_[at];
        bool changed = !known;
        if (!known) {
            known = registers;
        } else {
            for (std::size_t i = 0; i < registers.size(); i++) {
                if ((*known)[i] == registers[i] || (*known)[i].kind == Kind::unknown) continue;
                (*known)[i] = {};
                changed = true;
            }
        }
        if (changed) left_.push_back(at);
    }

    [[nodiscard]] static Value& at(Registers& registers, unsigned number) {
        return registers[number < registers.size() ? number : 0];
    }

    void step(std::size_t place, Registers registers) {
        const bpf_insn& instruction = function_->code[place];
        std::size_t next = place + 1;
        switch (BPF_CLASS(instruction.code)) {
            case BPF_LD:
                if (instruction.code == wide_load) {
                    load_wide(place, registers);
                    next++;
                } else {
                    registers[0] = {};
                }
                break;
            case BPF_LDX: load(instruction, registers); break;
            case BPF_STX:
                if (BPF_MODE(instruction.code) == BPF_ATOMIC) at(registers, instruction.src_reg) = registers[0] = {};
                break;
            case BPF_ALU:
            case BPF_ALU64: compute(place, registers); break;
            case BPF_JMP:
            case BPF_JMP32: return jump(place, registers);
            default: break;
        }
        flow_to(next, registers);
    }

    void load_wide(std::size_t place, Registers& registers) {
        const bpf_insn& instruction = function_->code[place];
        Value& to = at(registers, instruction.dst_reg);
        to = {};
        if (const auto name = function_->externs.find(place); name != function_->externs.end())
            to = answers_.external(code_.externs[name->second]);
        else if (const auto relocation = function_->core.find(place); relocation != function_->core.end())
            to = answers_.core(relocation->second);
        else if (function_->addresses.contains(place))
            to = {Kind::not_null, 0};
        else if (instruction.src_reg == 0 && place + 1 < function_->code.size())
            to = constant(static_cast<std::uint32_t>(instruction.imm) |
                          std::uint64_t{static_cast<std::uint32_t>(function_->code[place + 1].imm)} << 32);
    }

    void load(const bpf_insn& instruction, Registers& registers) {
        const Value from = at(registers, instruction.src_reg);
        const bool version = from.kind == Kind::kernel_version && instruction.off == 0 && answers_.version != 0 &&
                             instruction.code == (BPF_LDX | BPF_MEM | BPF_W);
        at(registers, instruction.dst_reg) = version ? constant(answers_.version) : Value{};
    }

    void compute(std::size_t place, Registers& registers) {
        const bpf_insn& instruction = function_->code[place];
        Value& to = at(registers, instruction.dst_reg);
        const bool narrow = BPF_CLASS(instruction.code) == BPF_ALU;
        const std::uint8_t operation = BPF_OP(instruction.code);
        const Value from = BPF_SRC(instruction.code) == BPF_X ? at(registers, instruction.src_reg)
                                                              : constant(sign_extended(instruction.imm));
        if (const auto relocation = function_->core.find(place); relocation != function_->core.end()) {
            to = operation == BPF_MOV ? answers_.core(relocation->second) : Value{};
        } else if (operation == BPF_MOV) {
            // With an offset it is a move that extends a sign.
            to = instruction.off == 0 && (!narrow || from.kind == Kind::constant) ? from : Value{};
        } else {
            const bool known = to.kind == Kind::constant && from.kind == Kind::constant;
            std::optional<std::uint64_t> result;
            if (known && narrow)
                result = computed(operation, static_cast<std::uint32_t>(to.number),
                                  static_cast<std::uint32_t>(from.number), 32);
            else if (known)
                result = computed(operation, to.number, from.number, 64);
            to = result ? constant(*result) : Value{};
        }
        if (narrow && to.kind == Kind::constant) to.number = static_cast<std::uint32_t>(to.number);
    }

    void jump(std::size_t place, Registers& registers) {
        const bpf_insn& instruction = function_->code[place];
        const bool narrow = BPF_CLASS(instruction.code) == BPF_JMP32;
        const std::uint8_t operation = BPF_OP(instruction.code);
        if (operation == BPF_EXIT) return;
        if (operation == BPF_CALL) {
            for (std::size_t i = 0; i <= 5; i++) registers[i] = {};
            if (const auto callee = function_->calls.find(place); callee != function_->calls.end())
                called_.push_back(callee->second);
            return flow_to(place + 1, registers);
        }
        const std::int64_t distance = operation == BPF_JA && narrow ? instruction.imm : instruction.off;
        const auto target = static_cast<std::size_t>(static_cast<std::int64_t>(place) + 1 + distance);
        if (operation == BPF_JA) return flow_to(target, registers);
        const Value other = BPF_SRC(instruction.code) == BPF_X ? at(registers, instruction.src_reg)
                                                               : constant(sign_extended(instruction.imm));
        const auto way = taken(operation, at(registers, instruction.dst_reg), other, narrow);
        if (way.value_or(true)) flow_to(target, registers);
        if (!way.value_or(false)) flow_to(place + 1, registers);
    }

    const ObjectCode& code_;
    const KernelAnswers& answers_;
    const CodeFunction* function_ = nullptr;
    std::vector<std::size_t> functions_, called_, left_;
    std::vector<std::optional<Registers>> states_;
    std::set<CodePlace> reached_;
};

}  // namespace

std::set<CodePlace> reachable_code(const ObjectCode& code, std::size_t function, const KernelAnswers& answers) {
    return Walk(code, answers).run(function);
}

}  // namespace wasm_bpf::bpf
