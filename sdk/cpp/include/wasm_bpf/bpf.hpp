// libbpf for C++ guests: owners that let go by themselves, results in place of exceptions, callbacks that are lambdas.
// Header-only, for -fno-exceptions -fno-rtti; C++17. What is not here is in <bpf/libbpf.h>: every class gives the
// pointer that it holds by raw(), which stays its own.
//
//	auto tool = bpf::skeleton<tool_bpf>::open();
//	if (!tool) return fail(tool.error());
//	(*tool)->rodata->pid = pid;
//	if (auto error = tool->load_and_attach()) return fail(error);
//	auto ring = bpf::ring::open<event>((*tool)->maps.events, [&](const event &e) { ... });
//	while (ring && !ring->poll(100).error()) {}
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace bpf {

// An errno value, positive, or 0: none. True where there is one.
class [[nodiscard]] error {
public:
	constexpr error() = default;
	// Of what libbpf's functions return: a negative errno, or not.
	static constexpr error of(long result) { return error(result < 0 ? static_cast<int>(-result) : 0); }
	// Of what they leave in errno.
	static error last() { return error(errno); }

	constexpr explicit operator bool() const { return code_ != 0; }
	constexpr int code() const { return code_; }
	const char *message() const { return std::strerror(code_); }

private:
	constexpr explicit error(int code) : code_(code) {}
	int code_ = 0;
};

// A value, or why there is none. True where there is a value; otherwise it must not be looked at.
template <typename T>
class [[nodiscard]] result {
public:
	result(T value) : value_(std::move(value)) {}
	result(bpf::error error) : error_(error) {}

	explicit operator bool() const { return !error_; }
	bpf::error error() const { return error_; }
	T &operator*() { return value_; }
	const T &operator*() const { return value_; }
	T *operator->() { return &value_; }
	const T *operator->() const { return &value_; }
	T value_or(T other) const { return error_ ? std::move(other) : value_; }

private:
	T value_{};
	bpf::error error_;
};

namespace detail {

template <auto Free>
struct deleter {
	template <typename T>
	void operator()(T *pointer) const { Free(pointer); }
};

template <typename T, auto Free>
using owner = std::unique_ptr<T, deleter<Free>>;

// Whether it has as many bytes here as in BPF, as far as a type tells: the build compares structs.
template <typename T>
constexpr bool has_bpf_size = !std::is_pointer_v<T> && !std::is_same_v<T, long> && !std::is_same_v<T, unsigned long>;

} // namespace detail

// An attachment, which ends with it.
class link {
public:
	link() = default;
	explicit link(bpf_link *raw) : raw_(raw) {}

	bpf_link *raw() const { return raw_.get(); }
	int fd() const { return bpf_link__fd(raw()); }
	error update(bpf_program *program) { return error::of(bpf_link__update_program(raw(), program)); }
	// Detaches now, and tells whether that worked.
	error destroy() { return error::of(bpf_link__destroy(raw_.release())); }
	// Leaves the attachment to whoever takes the pointer.
	[[nodiscard]] bpf_link *release() { return raw_.release(); }

private:
	detail::owner<bpf_link, bpf_link__destroy> raw_;
};

// What one of libbpf's attach functions returned.
inline result<link> owned(bpf_link *raw)
{
	if (!raw)
		return error::last();
	return link(raw);
}

// A program of an object, which outlives this.
class program {
public:
	program() = default;
	program(bpf_program *raw) : raw_(raw) {}

	bpf_program *raw() const { return raw_; }
	const char *name() const { return bpf_program__name(raw_); }
	int fd() const { return bpf_program__fd(raw_); }
	error set_autoload(bool autoload) { return error::of(bpf_program__set_autoload(raw_, autoload)); }
	result<link> attach() const { return owned(bpf_program__attach(raw_)); }

private:
	bpf_program *raw_ = nullptr;
};

// A map of an object, which outlives this. Keys and values are taken by their bytes; where their sizes are not the
// map's, the calls fail with EINVAL. Per-CPU maps have values of their own kind: <bpf/libbpf.h>.
class map {
public:
	map() = default;
	map(bpf_map *raw) : raw_(raw) {}

	bpf_map *raw() const { return raw_; }
	const char *name() const { return bpf_map__name(raw_); }
	int fd() const { return bpf_map__fd(raw_); }
	error set_max_entries(unsigned count) { return error::of(bpf_map__set_max_entries(raw_, count)); }

	template <typename Value, typename Key>
	result<Value> lookup(const Key &key, unsigned long long flags = 0) const
	{
		check<Key>(), check<Value>();
		Value value;
		if (auto failure = error::of(
			    bpf_map__lookup_elem(raw_, &key, sizeof(key), &value, sizeof(value), flags)))
			return failure;
		return value;
	}

	template <typename Value, typename Key>
	result<Value> lookup_and_erase(const Key &key, unsigned long long flags = 0)
	{
		check<Key>(), check<Value>();
		Value value;
		if (auto failure = error::of(bpf_map__lookup_and_delete_elem(raw_, &key, sizeof(key), &value,
									     sizeof(value), flags)))
			return failure;
		return value;
	}

	template <typename Key, typename Value>
	error update(const Key &key, const Value &value, unsigned long long flags = BPF_ANY)
	{
		check<Key>(), check<Value>();
		return error::of(bpf_map__update_elem(raw_, &key, sizeof(key), &value, sizeof(value), flags));
	}

	template <typename Key>
	error erase(const Key &key)
	{
		check<Key>();
		return error::of(bpf_map__delete_elem(raw_, &key, sizeof(key), 0));
	}

	// Calls visit(key, value) for every element; those that come or go meanwhile may be missed, or begin it anew.
	template <typename Key, typename Value, typename Visit>
	error for_each(Visit &&visit) const
	{
		check<Key>(), check<Value>();
		Key key, next;
		for (const Key *previous = nullptr;; previous = &key) {
			int status = bpf_map__get_next_key(raw_, previous, &next, sizeof(next));
			if (status == -ENOENT)
				return {};
			if (status < 0)
				return error::of(status);
			key = next;
			if (auto value = lookup<Value>(key))
				visit(static_cast<const Key &>(key), static_cast<const Value &>(*value));
			else if (value.error().code() != ENOENT)
				return value.error();
		}
	}

private:
	template <typename T>
	static constexpr void check()
	{
		static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>,
			      "keys and values of maps are plain data");
		static_assert(detail::has_bpf_size<T>, "long and pointers have 8 bytes in BPF: take a type of fixed width");
	}

	bpf_map *raw_ = nullptr;
};

// A BPF object without a skeleton.
class object {
public:
	object() = default;

	// `bytes` are an object file's.
	static result<object> open(const void *bytes, std::size_t size, const bpf_object_open_opts *options = nullptr)
	{
		return owned(bpf_object__open_mem(bytes, size, options));
	}
	static result<object> open(const char *path, const bpf_object_open_opts *options = nullptr)
	{
		return owned(bpf_object__open_file(path, options));
	}

	bpf_object *raw() const { return raw_.get(); }
	error load() { return error::of(bpf_object__load(raw())); }

	result<bpf::map> map(const char *name) const
	{
		if (auto *found = bpf_object__find_map_by_name(raw(), name))
			return bpf::map(found);
		return error::of(-ENOENT);
	}
	result<bpf::program> program(const char *name) const
	{
		if (auto *found = bpf_object__find_program_by_name(raw(), name))
			return bpf::program(found);
		return error::of(-ENOENT);
	}
	template <typename Visit>
	void for_each_map(Visit &&visit) const
	{
		for (bpf_map *map = nullptr; (map = bpf_object__next_map(raw(), map));)
			visit(bpf::map(map));
	}
	template <typename Visit>
	void for_each_program(Visit &&visit) const
	{
		for (bpf_program *program = nullptr; (program = bpf_object__next_program(raw(), program));)
			visit(bpf::program(program));
	}

private:
	static result<object> owned(bpf_object *raw)
	{
		if (!raw)
			return error::last();
		object owner;
		owner.raw_.reset(raw);
		return owner;
	}

	detail::owner<bpf_object, bpf_object__close> raw_;
};

// A generated skeleton: `bpf::skeleton<tool_bpf>`, whose members are the generated struct's.
template <typename Skeleton>
class skeleton {
public:
	skeleton() = default;

	static result<skeleton> open(const bpf_object_open_opts *options = nullptr)
	{
		return owned(Skeleton::open(options));
	}
	static result<skeleton> open_and_load() { return owned(Skeleton::open_and_load()); }

	Skeleton *raw() const { return raw_.get(); }
	Skeleton *operator->() const { return raw(); }
	error load() { return error::of(Skeleton::load(raw())); }
	error attach() { return error::of(Skeleton::attach(raw())); }
	error load_and_attach()
	{
		error failure = load();
		return failure ? failure : attach();
	}
	void detach() { Skeleton::detach(raw()); }

private:
	static result<skeleton> owned(Skeleton *raw)
	{
		if (!raw)
			return error::last();
		skeleton owner;
		owner.raw_.reset(raw);
		return owner;
	}

	struct destroy {
		void operator()(Skeleton *raw) const { Skeleton::destroy(raw); }
	};
	std::unique_ptr<Skeleton, destroy> raw_;
};

// Ring buffers, each with what is called for its records.
class ring {
public:
	ring() = default;
	ring(ring &&) = default;
	// The ring first: its callbacks may still be called while it is there.
	ring &operator=(ring &&other)
	{
		raw_ = std::move(other.raw_);
		callbacks_ = std::move(other.callbacks_);
		return *this;
	}

	// `on_record(data, size)`, void or int: a negative errno ends the poll with it. Captures by reference must outlive
	// the ring.
	template <typename Callback>
	static result<ring> open(map of, Callback on_record)
	{
		ring opened;
		if (auto failure = opened.add(of, std::move(on_record)))
			return failure;
		return opened;
	}
	// `on_record(const Record &)`; records that are shorter are no Records, and are left out.
	template <typename Record, typename Callback>
	static result<ring> open(map of, Callback on_record)
	{
		return open(of, of_records<Record>(std::move(on_record)));
	}

	// One more map, whose records come with the same polls.
	template <typename Callback>
	error add(map of, Callback on_record)
	{
		auto callback = std::make_unique<holder<Callback>>(std::move(on_record));
		if (raw_) {
			if (auto failure = error::of(ring_buffer__add(raw(), of.fd(), holder<Callback>::call, callback.get())))
				return failure;
		} else {
			raw_.reset(ring_buffer__new(of.fd(), holder<Callback>::call, callback.get(), nullptr));
			if (!raw_)
				return error::last();
		}
		callback->next = std::move(callbacks_);
		callbacks_ = std::move(callback);
		return {};
	}
	template <typename Record, typename Callback>
	error add(map of, Callback on_record)
	{
		return add(of, of_records<Record>(std::move(on_record)));
	}

	ring_buffer *raw() const { return raw_.get(); }
	// The number of records; after none for so long: 0. Less than 0: without end.
	result<int> poll(int timeout_milliseconds) { return counted(ring_buffer__poll(raw(), timeout_milliseconds)); }
	// Of what is there, without waiting.
	result<int> consume() { return counted(ring_buffer__consume(raw())); }

private:
	struct any_holder {
		virtual ~any_holder() = default;
		std::unique_ptr<any_holder> next;
	};
	template <typename Callback>
	struct holder final : any_holder {
		explicit holder(Callback function) : callback(std::move(function)) {}
		static int call(void *context, void *data, std::size_t size)
		{
			Callback &callback = static_cast<holder *>(context)->callback;
			if constexpr (std::is_void_v<std::invoke_result_t<Callback &, const void *, std::size_t>>)
				return callback(static_cast<const void *>(data), size), 0;
			else
				return callback(static_cast<const void *>(data), size);
		}
		Callback callback;
	};

	template <typename Record, typename Callback>
	static auto of_records(Callback on_record)
	{
		static_assert(detail::has_bpf_size<Record>,
			      "long and pointers have 8 bytes in BPF: take a type of fixed width");
		return [on_record = std::move(on_record)](const void *data, std::size_t size) mutable -> int {
			if (size < sizeof(Record))
				return 0;
			const Record &record = *static_cast<const Record *>(data);
			if constexpr (std::is_void_v<std::invoke_result_t<Callback &, const Record &>>)
				return on_record(record), 0;
			else
				return on_record(record);
		};
	}

	static result<int> counted(int count)
	{
		if (count < 0)
			return error::of(count);
		return count;
	}

	std::unique_ptr<any_holder> callbacks_; // they outlive the ring
	detail::owner<ring_buffer, ring_buffer__free> raw_;
};

} // namespace bpf
