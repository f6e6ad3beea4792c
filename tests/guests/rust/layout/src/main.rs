//! Every variable is where BPF has it, with the value that BPF's own compiler wrote.

mod layout {
    wasm_bpf::include_skeleton!("layout");
}
use layout::*;

fn main() -> wasm_bpf::Result<()> {
    let mut open = LayoutSkelBuilder::default().open()?;
    check_data(&open.data);
    assert_eq!(open.rodata.limit, 1000);
    assert_eq!(open.data_my_own.custom.get(), 11);
    open.rodata.limit = 2000;
    open.data.number.set(7);
    *open.data.text.get_mut() = *b"five\0";
    open.data.nested.get_mut().number = 70;
    let skel = open.load()?;
    assert_eq!(skel.rodata.limit, 2000);
    assert_eq!(skel.data.number.get(), 7);
    assert_eq!(wasm_bpf::text(&skel.data.text.get()), "five");
    assert_eq!(skel.data.nested.get().number, 70);
    assert_ne!(skel.kconfig.LINUX_KERNEL_VERSION, 0);
    assert_eq!(skel.bss.zeroed.elements().len(), 3);
    element_types(&skel)?;
    println!("passed");
    Ok(())
}

fn check_data(data: &types::data) {
    assert_eq!(data.number.get(), -5);
    assert_eq!(data.pointer.get(), 0x1234567890);
    check_nested(&data.nested.get());
    assert_eq!(data.grid.get()[1][2].number, 99);
    assert_eq!(data.grid[1].get()[2].number, 99);
    check_bits(data);
    let aligned = data.over_aligned.get();
    assert_eq!((aligned[0].a, aligned[0].b, aligned[1].a, aligned[1].b), (1, 2, 3, 4));
    assert_eq!(data.flexible.get().count, 2);
    let by_typedef = data.by_typedef.get();
    assert_eq!((by_typedef.id, by_typedef.r#where, by_typedef.call), (42, 8, 0));
    assert_eq!(data.color.get(), types::color::BLUE);
    assert_eq!(format!("{:?} {:?}", data.color.get(), types::color(99)), "BLUE color(99)");
    assert_eq!(data.tiny.get(), types::tiny::TINY_ONE);
    assert_eq!(data.wide.get().0, 1 << 40);
    assert_eq!(data.yes.get(), true);
    assert_eq!(wasm_bpf::text(&data.text.get()), "four");
    assert_eq!((data.single.get(), data.twice.get()), (1.5, 2.25));
    assert_eq!(data.huge.get(), 1 << 100);
    let unnamed = data.unnamed.get();
    assert_eq!((unnamed[0].inner, unnamed[0].array, unnamed[1].array[1]), (1, [2, 3], 6));
    let keywords = data.r#let.get();
    assert_eq!((keywords.r#type, keywords.self_, keywords.r#impl()), (1, types::r#fn::MOVE, 21));
}

fn check_nested(nested: &types::nested) {
    assert_eq!((nested.letter, nested.number), (b'n', -7));
    assert_eq!((nested.point.x, nested.point.y), (-2, 3));
    assert_eq!(nested.anon_0.whole(), 0x01020304);
    assert_eq!(nested.anon_0.parts()[..4], [4, 3, 2, 1]);
    assert_eq!(nested.color, types::color::GREEN);
    let mut other = *nested;
    other.anon_0.set_whole(-1);
    assert_eq!(other.anon_0.bytes, [255, 255, 255, 255, 0, 0, 0, 0]);
}

fn check_bits(data: &types::data) {
    let bits = data.bits.get();
    assert_eq!((bits.a(), bits.b(), bits.c(), bits.d()), (5, -9, 0x123456789, true));
    assert_eq!((bits.e, bits.f(), bits.g()), (0xee, types::color::GREEN, 0xabcdef0123));
    let mut other = bits;
    other.set_b(-1);
    other.set_c(1);
    other.set_d(false);
    other.set_g(u64::MAX);
    assert_eq!((other.a(), other.b(), other.c(), other.d()), (5, -1, 1, false));
    assert_eq!((other.e, other.f(), other.g()), (0xee, types::color::GREEN, (1 << 40) - 1));

    let squeezed = data.squeezed.get();
    let (first, second) = (squeezed.first, squeezed.second);
    assert_eq!((first, second), (1, -2));
    assert_eq!((squeezed.crossing(), squeezed.across()), (0x2aaaaaaa, 0x15555555));
    let inner = squeezed.bits;
    assert_eq!((inner.b(), inner.g()), (-1, 77));
}

/// A map's elements have the types of its definition.
fn element_types(skel: &LayoutSkel) -> wasm_bpf::Result<()> {
    let mut nested = types::nested::default();
    nested.number = 5;
    skel.maps.a_map.set(&1, &nested)?;
    assert_eq!(skel.maps.a_map.get(&1)?.map(|nested| nested.number), Some(5));
    // What a pointer alone names is declared too.
    assert_eq!(size_of::<types::over_aligned>(), 64);
    Ok(())
}
