// Makes a table of what was counted.
const std = @import("std");
const c = @cImport(@cInclude("formatter.h")); // bindings of the world, made by wasm-bpf gen bindings

const allocator = std.heap.c_allocator;

export fn exports_example_pipeline_format_lines(
    summaries: *c.exports_example_pipeline_format_list_summary_t,
    result: *c.formatter_string_t,
) void {
    defer c.exports_example_pipeline_format_list_summary_free(summaries);
    var text: std.ArrayList(u8) = .empty;
    defer text.deinit(allocator);
    for (summaries.ptr[0..summaries.len]) |each| {
        const command = each.command.ptr[0..each.command.len];
        text.print(allocator, "{d:>8} {d:>8} {s}\n", .{ each.starts, each.by_root, command }) catch
            @panic("out of memory");
    }
    // A copy that the bindings free when the caller has it.
    c.formatter_string_dup_n(result, text.items.ptr, text.items.len);
}
