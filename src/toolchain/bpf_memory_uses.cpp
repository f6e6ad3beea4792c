#include "toolchain/bpf_memory_uses.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace wasm_bpf::toolchain {
namespace {

using Kind = BpfMemoryUse::Kind;

struct ElementArgument {
    std::string_view function;
    std::size_t index;
    Kind kind;
};

// The map or its fd is each one's first argument.
constexpr ElementArgument element_arguments[] = {
    {"bpf_map_lookup_elem", 1, Kind::key},
    {"bpf_map_lookup_elem", 2, Kind::value},
    {"bpf_map_lookup_elem_flags", 1, Kind::key},
    {"bpf_map_lookup_elem_flags", 2, Kind::value},
    {"bpf_map_lookup_and_delete_elem", 1, Kind::key},
    {"bpf_map_lookup_and_delete_elem", 2, Kind::value},
    {"bpf_map_lookup_and_delete_elem_flags", 1, Kind::key},
    {"bpf_map_lookup_and_delete_elem_flags", 2, Kind::value},
    {"bpf_map_update_elem", 1, Kind::key},
    {"bpf_map_update_elem", 2, Kind::value},
    {"bpf_map_delete_elem", 1, Kind::key},
    {"bpf_map_delete_elem_flags", 1, Kind::key},
    {"bpf_map_get_next_key", 1, Kind::key},
    {"bpf_map_get_next_key", 2, Kind::key},
    {"bpf_map_lookup_batch", 3, Kind::key},
    {"bpf_map_lookup_batch", 4, Kind::value},
    {"bpf_map_lookup_and_delete_batch", 3, Kind::key},
    {"bpf_map_lookup_and_delete_batch", 4, Kind::value},
    {"bpf_map_update_batch", 1, Kind::key},
    {"bpf_map_update_batch", 2, Kind::value},
    {"bpf_map_delete_batch", 1, Kind::key},
    {"bpf_map__lookup_elem", 1, Kind::key},
    {"bpf_map__lookup_elem", 3, Kind::value},
    {"bpf_map__lookup_and_delete_elem", 1, Kind::key},
    {"bpf_map__lookup_and_delete_elem", 3, Kind::value},
    {"bpf_map__update_elem", 1, Kind::key},
    {"bpf_map__update_elem", 3, Kind::value},
    {"bpf_map__delete_elem", 1, Kind::key},
    {"bpf_map__get_next_key", 1, Kind::key},
    {"bpf_map__get_next_key", 2, Kind::key},
};

// Which of a call's arguments is the function that gets records, and which of that one's is the record.
struct RecordCallback {
    std::string_view function;
    std::size_t callback, record;
};
constexpr RecordCallback record_callbacks[] = {
    {"ring_buffer__new", 1, 1},
    {"ring_buffer__add", 2, 1},
    {"perf_buffer__new", 2, 2},
};

constexpr std::string_view memory_functions[] = {"user_ring_buffer__reserve", "user_ring_buffer__reserve_blocking",
                                                 "bpf_map__initial_value"};
constexpr std::string_view copies[] = {"memcpy", "memmove", "__builtin_memcpy", "__builtin_memmove"};

bool is_untyped(std::string_view pointed) {
    return pointed.empty() || pointed == "void" || pointed == "char" || pointed == "unsigned char" ||
           pointed == "signed char";
}

bool is_wrapper(const SyntaxNode& node) {
    return !node.children.empty() && (node.is_cast() || node.is("ParenExpr") || node.is("ConstantExpr"));
}

// The expression behind conversions to void * and back.
const SyntaxNode& behind_untyped(const SyntaxNode& node) {
    const SyntaxNode* inner = &node;
    while (is_wrapper(*inner) && is_untyped(pointed_type(inner->type))) inner = inner->children.back();
    return *inner;
}

class Search {
public:
    Search(const SyntaxTree& tree, const std::set<std::string>& sections) : tree_(tree), sections_(sections) {
        for (const SyntaxNode& node : tree.nodes()) {
            if (node.is("FunctionDecl") || node.is("CXXMethodDecl")) add_function(node);
            if (node.is("VarDecl") && !node.children.empty() && node.detail.find("init") != node.detail.npos)
                assigned_[node.address].push_back(node.children.back());
            if (node.is("BinaryOperator") && node.detail.starts_with("'='") && node.children.size() == 2)
                if (const std::string_view variable = variable_of(*node.children.front()); !variable.empty())
                    assigned_[variable].push_back(node.children.back());
        }
    }

    std::vector<BpfMemoryUse> run() {
        for (const SyntaxNode& node : tree_.nodes()) mark_records(node);
        // What is passed on is marked by and by.
        constexpr int max_rounds = 16;
        for (int round = 0; round < max_rounds && mark_passed_on(); ++round) {
        }
        for (const SyntaxNode& node : tree_.nodes()) {
            for (const ElementArgument& argument : element_arguments)
                if (node.is_call() && node.called() == argument.function) add_element(node, argument);
            if (node.is_cast()) add_cast(node);
            if (node.is_call() && std::ranges::find(copies, node.called()) != std::end(copies)) add_copy(node);
        }
        return std::move(uses_);
    }

private:
    void add_function(const SyntaxNode& function) {
        if (!std::ranges::any_of(function.children, [](const SyntaxNode* n) { return n->is("CompoundStmt"); })) return;
        std::vector<std::string_view>& parameters = parameters_[function.name];
        parameters.clear();
        for (const SyntaxNode* child : function.children)
            if (child->is("ParmVarDecl")) parameters.push_back(child->address);
    }

    bool mark(std::string_view variable, std::string_view by) {
        return !variable.empty() && shared_.emplace(variable, by).second;
    }

    // The record that a callback gets.
    void mark_records(const SyntaxNode& call) {
        for (const RecordCallback& row : record_callbacks) {
            if (!call.is_call() || call.called() != row.function) continue;
            const SyntaxNode* callback = call.argument(row.callback);
            while (callback != nullptr && (is_wrapper(*callback) || callback->is("UnaryOperator")))
                callback = callback->children.back();
            if (callback == nullptr) continue;
            const auto function = parameters_.find(callback->name);
            if (function != parameters_.end() && row.record < function->second.size())
                mark(function->second[row.record], function->first);
        }
    }

    // Variables, and parameters of the user's functions, that are given such memory.
    bool mark_passed_on() {
        bool is_new = false;
        for (const auto& [variable, values] : assigned_)
            for (const SyntaxNode* value : values)
                if (const std::string_view by = memory_behind(*value); !by.empty()) is_new |= mark(variable, by);
        for (const SyntaxNode& node : tree_.nodes()) {
            if (!node.is_call()) continue;
            const auto function = parameters_.find(node.called());
            if (function == parameters_.end()) continue;
            for (std::size_t i = 0; i < function->second.size(); ++i)
                if (const SyntaxNode* given = node.argument(i))
                    if (const std::string_view by = memory_behind(*given); !by.empty())
                        is_new |= mark(function->second[i], by);
        }
        return is_new;
    }

    // Through what the pointer leads to memory of BPF's; empty where it does not, as far as is to be seen.
    [[nodiscard]] std::string_view memory_behind(const SyntaxNode& pointer) const {
        if (pointed_type(pointer.type).empty()) return {};
        if (pointer.is_call()) {
            const auto* function = std::ranges::find(memory_functions, pointer.called());
            return function == std::end(memory_functions) ? std::string_view() : *function;
        }
        if (pointer.is("UnaryOperator"))
            return pointer.detail.find("'&'") == pointer.detail.npos || pointer.children.empty()
                       ? std::string_view()
                       : memory_of(*pointer.children.front());
        if (pointer.is("BinaryOperator"))
            for (const SyntaxNode* operand : pointer.children)
                if (const std::string_view by = memory_behind(*operand); !by.empty()) return by;
        if (pointer.detail.starts_with("<ArrayToPointerDecay>") && !pointer.children.empty())
            return memory_of(*pointer.children.front());
        if (is_wrapper(pointer)) return memory_behind(*pointer.children.back());
        if (pointer.is("DeclRefExpr")) {
            const auto found = shared_.find(pointer.refers);
            return found == shared_.end() ? std::string_view() : found->second;
        }
        return pointer.is("MemberExpr") && sections_.contains(pointed_type(pointer.type)) ? pointer.name
                                                                                          : std::string_view();
    }

    // The same of what is no pointer: a member, an element.
    [[nodiscard]] std::string_view memory_of(const SyntaxNode& place) const {
        if (place.children.empty()) return {};
        const SyntaxNode& base = *place.children.front();
        if (place.is("ParenExpr")) return memory_of(base);
        if (place.is("ArraySubscriptExpr")) return memory_behind(base);
        if (place.is("UnaryOperator")) return place.detail.find("'*'") == place.detail.npos ? "" : memory_behind(base);
        if (place.is("MemberExpr"))
            return place.detail.find("->") == place.detail.npos ? memory_of(base) : memory_behind(base);
        return {};
    }

    static std::string_view variable_of(const SyntaxNode& expression) {
        return expression.is("DeclRefExpr") ? expression.refers : std::string_view();
    }

    // What an expression names, and what the variables in it were given.
    void collect_names(const SyntaxNode& node, std::set<std::string>& names, std::set<std::string_view>& seen) const {
        if (node.is("MemberExpr") || node.is("StringLiteral")) names.emplace(node.name);
        if (node.is_call()) names.emplace(node.called());
        if (node.is("DeclRefExpr") && seen.insert(node.refers).second)
            if (const auto values = assigned_.find(node.refers); values != assigned_.end())
                for (const SyntaxNode* value : values->second) collect_names(*value, names, seen);
        for (const SyntaxNode* child : node.children) collect_names(*child, names, seen);
    }

    void add_element(const SyntaxNode& call, const ElementArgument& row) {
        const SyntaxNode* argument = call.argument(row.index);
        const SyntaxNode* map = call.argument(0);
        if (argument == nullptr || map == nullptr) return;
        const std::string_view type = behind_untyped(*argument).type;
        if (is_untyped(pointed_type(type))) return;
        BpfMemoryUse use{row.kind, call.place(), pointed_type(type), std::string(row.function), {}};
        std::set<std::string_view> seen;
        collect_names(*map, use.names, seen);
        uses_.push_back(std::move(use));
    }

    void add_memory(const Place& place, std::string type, std::string_view by) {
        if (by.empty() || is_untyped(type)) return;
        uses_.push_back({Kind::memory, place, std::move(type), std::string(by), {}});
    }

    void add_cast(const SyntaxNode& cast) {
        if (cast.children.empty()) return;
        const SyntaxNode& inner = *cast.children.back();
        const std::string type = pointed_type(cast.type);
        if (!is_untyped(type) && type != pointed_type(inner.type)) add_memory(cast.place(), type, memory_behind(inner));
    }

    void add_copy(const SyntaxNode& call) {
        const SyntaxNode *to = call.argument(0), *from = call.argument(1);
        if (to == nullptr || from == nullptr) return;
        add_memory(call.place(), pointed_type(behind_untyped(*to).type), memory_behind(*from));
        add_memory(call.place(), pointed_type(behind_untyped(*from).type), memory_behind(*to));
    }

    const SyntaxTree& tree_;
    const std::set<std::string>& sections_;
    std::map<std::string_view, std::vector<std::string_view>> parameters_;  // of functions
    std::map<std::string_view, std::vector<const SyntaxNode*>> assigned_;   // to variables
    std::map<std::string_view, std::string_view> shared_;  // variables that point there, and whence they have it
    std::vector<BpfMemoryUse> uses_;
};

}  // namespace

std::string pointed_type(std::string_view text) {
    std::string type(text);
    for (const std::string_view word : {"const", "volatile", "restrict", "__restrict", "_Nonnull", "_Nullable"})
        for (std::size_t at = 0; (at = type.find(word, at)) != type.npos;) {
            const auto in_word = [&](std::size_t i) {
                return i < type.size() && (std::isalnum(static_cast<unsigned char>(type[i])) != 0 || type[i] == '_');
            };
            const std::size_t end = at + word.size();
            if ((at > 0 && in_word(at - 1)) || in_word(end)) {
                at = end;
                continue;
            }
            type.erase(at, word.size() + (end < type.size() && type[end] == ' ' ? 1 : 0));
        }
    const auto trim = [&] {
        while (type.ends_with(' ')) type.pop_back();
    };
    trim();
    if (const std::size_t array = type.find("(*)["); array != type.npos)
        type.resize(array);
    else if (const std::size_t brackets = type.find('['); brackets != type.npos && type.ends_with(']'))
        type.resize(brackets);
    else if (type.ends_with('*'))
        type.pop_back();
    else
        return {};
    trim();
    return type;
}

std::vector<BpfMemoryUse> bpf_memory_uses(const SyntaxTree& tree, const std::set<std::string>& sections) {
    return Search(tree, sections).run();
}

}  // namespace wasm_bpf::toolchain
