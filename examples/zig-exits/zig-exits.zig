//! Prints every process that ends: its exit code or the signal that ended it, and how long it lived. libbpf is called by its own
//! C API.
const std = @import("std");
const c = @cImport({
    @cInclude("bpf/libbpf.h");
    @cInclude("errno.h");
    @cInclude("signal.h");
    @cInclude("stdio.h");
    @cInclude("zig-exits.h");
});

const object_file align(8) = @embedFile("zig-exits.bpf.o").*;

var exiting = false;

fn stop(_: c_int) callconv(.c) void {
    exiting = true;
}

fn printEvent(_: ?*anyopaque, data: ?*anyopaque, size: usize) callconv(.c) c_int {
    if (size < @sizeOf(c.struct_event)) return 0;
    const event: *const c.struct_event = @ptrCast(@alignCast(data));
    const by_signal = event.status & 0x7f;
    const what: [*:0]const u8 = if (by_signal != 0) "signal" else "exit";
    const number = if (by_signal != 0) by_signal else event.status >> 8 & 0xff;
    const milliseconds = @as(f64, @floatFromInt(event.lifetime_ns)) / 1e6;
    _ = c.printf("%-8u %-16.16s %-6s %-4u %10.1f\n", event.pid, &event.comm, what, number, milliseconds);
    return 0;
}

/// Not by signal(), which Zig's C library has too, and which hears of nothing there.
fn stopOnSignals() !void {
    var action = std.mem.zeroes(c.struct_sigaction);
    action.__sa_handler.sa_handler = stop;
    for ([_]c_int{ c.SIGINT, c.SIGTERM }) |signal|
        if (c.sigaction(signal, &action, null) != 0) return error.NoSignals;
}

/// libbpf's way: negative where it failed.
fn check(result: c_int) !void {
    if (result < 0) return error.Libbpf; // libbpf has said what
}

/// The programs' constants, set before load.
fn setConstants(object: *c.struct_bpf_object, only_parent: u32) !void {
    const rodata = c.bpf_object__find_map_by_name(object, ".rodata") orelse return error.NoRodata;
    try check(c.bpf_map__set_initial_value(rodata, &only_parent, @sizeOf(u32)));
}

fn trace(only_parent: u32) !void {
    const object = c.bpf_object__open_mem(&object_file, object_file.len, null) orelse return error.Libbpf;
    defer c.bpf_object__close(object);
    try setConstants(object, only_parent);
    try check(c.bpf_object__load(object));

    const program = c.bpf_object__find_program_by_name(object, "process_exit");
    const link = c.bpf_program__attach(program) orelse return error.Libbpf;
    defer _ = c.bpf_link__destroy(link);

    const events = c.bpf_object__find_map_fd_by_name(object, "events");
    const ring = c.ring_buffer__new(events, printEvent, null, null) orelse return error.Libbpf;
    defer c.ring_buffer__free(ring);

    _ = c.printf("%-8s %-16s %-11s %10s\n", "PID", "COMMAND", "ENDED BY", "LIVED (ms)");
    while (!exiting) {
        _ = c.fflush(null);
        const result = c.ring_buffer__poll(ring, -1);
        if (result != -c.EINTR) try check(result);
    }
}

pub fn main() u8 {
    const arguments = std.process.argsAlloc(std.heap.c_allocator) catch return 1;
    const only_parent: u32 = if (arguments.len < 2) 0 else std.fmt.parseInt(u32, arguments[1], 10) catch {
        _ = c.fprintf(c.stderr, "Usage: zig-exits [PARENT]\nPrints every process that ends (of this parent).\n");
        return 1;
    };
    stopOnSignals() catch return 1;
    trace(only_parent) catch |failure| {
        _ = c.fprintf(c.stderr, "zig-exits: %s\n", @errorName(failure).ptr);
        return 1;
    };
    return 0;
}
