//! What a guest's memory and tables may grow to.

extern crate alloc;

use alloc::boxed::Box;
use wasmi_c_api::wasmi::{Store, StoreContextMut, StoreLimits, StoreLimitsBuilder};
use wasmi_c_api::{WasmStoreRef, wasm_store_t};

/// The limits live as long as the closure that owns them, which is as long as the store.
struct Owned(Box<StoreLimits>);

/// For everything that is instantiated in the store from now on.
///
/// # Safety
/// Nothing of the store runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_bpf_wasmi_limit(store: &mut wasm_store_t, memory_bytes: u64, table_elements: u32) {
    // SAFETY: both are `repr(C)` or transparent, with the other as their first and only member.
    const { assert!(size_of::<wasm_store_t>() == size_of::<WasmStoreRef>()) };
    const { assert!(size_of::<StoreContextMut<()>>() == size_of::<&mut Store<()>>()) };
    let store = unsafe { &mut *(&raw mut *store).cast::<WasmStoreRef>() };
    let mut context = unsafe { store.context_mut() };
    let store = unsafe { &mut **(&raw mut context).cast::<&mut Store<()>>() };
    let limits = StoreLimitsBuilder::new()
        .memory_size(usize::try_from(memory_bytes).unwrap_or(usize::MAX))
        .table_elements(table_elements as usize)
        .build();
    let mut owned = Owned(Box::new(limits));
    store.limiter(move |_| {
        let limits: *mut StoreLimits = &mut *owned.0;
        // SAFETY: the store asks for it while it grows something, and holds the closure.
        unsafe { &mut *limits }
    });
}
