//! What the running kernel and the host are and have.

use crate::abi::{self, BtfQuery, Handle};
use crate::error::{Result, check, errno, host_text};
use crate::kinds::{MapType, ProgramType};
use crate::object::text_parts;
use crate::pod::text;

pub use crate::abi::{
    HOST_CLOCK_TICKS, HOST_CONFIGURED_CPUS, HOST_EFFECTIVE_USER_ID, HOST_MACHINE, HOST_NODE, HOST_ONLINE_CPUS,
    HOST_PROCESS_ID, HOST_RELEASE, HOST_SYSTEM, HOST_THREAD_ID, HOST_USER_ID, HOST_VERSION, LocalTime,
};

/// The number of possible CPUs: the values of a per-CPU map's element.
pub fn possible_cpus() -> Result<usize> {
    // SAFETY: no memory is involved; so below.
    Ok(check(unsafe { abi::possible_cpus() })? as usize)
}

/// The kernel's version: major, minor, patch (255 at most).
pub fn version() -> Result<(u8, u8, u8)> {
    // SAFETY: as above.
    let [_, major, minor, patch] = check(unsafe { abi::kernel_version() })?.to_be_bytes();
    Ok((major, minor, patch))
}

/// A number of the host's: `HOST_PROCESS_ID` and its kin. (An inode has all 32 bits and no sign.)
pub fn host_number(kind: u32) -> Result<u32> {
    // SAFETY: as above.
    match unsafe { abi::host_number(kind) } {
        code if code == -errno::EINVAL => Err(crate::Error::last(code)),
        number => Ok(number as u32),
    }
}

/// A name of the host's, as uname(2) has it: `HOST_RELEASE` and its kin.
pub fn host_name(kind: u32) -> Option<String> {
    // SAFETY: the host writes at most `size` bytes; so below.
    host_text(|text, size| unsafe { abi::host_name(kind, text, size) }).map(String::from)
}

/// The host's time zone at a time in seconds since 1970.
pub fn local_time(seconds: i64) -> Result<LocalTime> {
    let mut zone = LocalTime::new();
    // SAFETY: the host writes the struct.
    check(unsafe { abi::local_time(seconds, (&raw mut zone).cast()) })?;
    Ok(zone)
}

/// The index of a network interface.
pub fn interface_index(name: &str) -> Result<i32> {
    // SAFETY: the host reads the name.
    check(unsafe { abi::interface_index(name.as_ptr().cast(), name.len() as u32) })
        .map_err(|error| error.context(format_args!("\"{name}\"")))
}

/// The name of a network interface.
pub fn interface_name(index: i32) -> Option<String> {
    // SAFETY: as above.
    host_text(|text, size| unsafe { abi::interface_name(index, text, size) }).map(String::from)
}

/// Whether the kernel has the type of program, by trying.
pub fn has_program_type(kind: ProgramType) -> Result<bool> {
    probe(abi::FEATURE_PROGRAM_TYPE, kind.0, 0)
}

/// Whether the kernel has the type of map, by trying.
pub fn has_map_type(kind: MapType) -> Result<bool> {
    probe(abi::FEATURE_MAP_TYPE, kind.0, 0)
}

/// Whether the kernel has the helper (`enum bpf_func_id`) in programs of the type, by trying.
pub fn has_helper(kind: ProgramType, helper: u32) -> Result<bool> {
    probe(abi::FEATURE_HELPER, kind.0, helper)
}

fn probe(kind: u32, of: u32, helper: u32) -> Result<bool> {
    // SAFETY: no memory is involved.
    Ok(check(unsafe { abi::feature_probe(kind, of, helper) })? != 0)
}

/// The address of a symbol of the kernel's, or none. EPERM where the kernel hides addresses.
pub fn symbol_address(name: &str) -> Result<Option<u64>> {
    let mut address = 0u64;
    // SAFETY: the host reads the name and writes the address.
    let code = unsafe { abi::kernel_symbol(name.as_ptr().cast(), name.len() as u32, (&raw mut address).cast()) };
    Ok(crate::elements::found(code)?.then_some(address))
}

/// A symbol of the kernel's.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Where it begins.
    pub address: u64,
    /// Its name.
    pub name: String,
    /// The module that it is of; none: the kernel itself.
    pub module: Option<String>,
}

/// The last symbol that is not above an address.
pub fn symbol_at(address: u64) -> Result<Option<Symbol>> {
    let mut symbol = abi::KernelSymbol::new();
    // SAFETY: the host writes at most the struct's size.
    let code =
        unsafe { abi::kernel_symbol_at(address, (&raw mut symbol).cast(), size_of::<abi::KernelSymbol>() as u32) };
    Ok(crate::elements::found(code)?.then(|| Symbol {
        address: symbol.address,
        name: text(&symbol.name).into_owned(),
        module: Some(text(&symbol.module).into_owned()).filter(|module| !module.is_empty()),
    }))
}

/// Questions to the running kernel's own types. None: there is no such thing. EOPNOTSUPP where the kernel has no BTF. Each
/// takes the module that the type is of; none: the kernel itself.
pub mod btf {
    use super::*;

    fn query(kind: u32, name: &str, member: Option<&str>, module: Option<&str>) -> Result<Option<BtfQuery>> {
        let mut query = BtfQuery::new();
        query.kind = kind;
        (query.name, query.name_size) = text_parts(Some(name));
        (query.member, query.member_size) = text_parts(member);
        (query.module, query.module_size) = text_parts(module);
        // SAFETY: the host reads the texts and writes the struct.
        let code = unsafe { abi::btf_query((&raw mut query).cast()) };
        Ok(crate::elements::found(code)?.then_some(query))
    }

    /// The size of a type.
    pub fn type_size(name: &str, module: Option<&str>) -> Result<Option<usize>> {
        Ok(query(abi::BTF_TYPE, name, None, module)?.map(|found| found.byte_size as usize))
    }

    /// A field of a struct or union.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Field {
        /// Where it begins in the outermost struct.
        pub bit_offset: u32,
        /// Of a bit field, else 0.
        pub bit_size: u32,
        /// Of its type.
        pub byte_size: u32,
    }

    /// A field of a struct or union, or one inside a field of it: `a.b`.
    pub fn field(of: &str, field: &str, module: Option<&str>) -> Result<Option<Field>> {
        Ok(query(abi::BTF_FIELD, of, Some(field), module)?.map(|found| Field {
            bit_offset: found.bit_offset,
            bit_size: found.bit_size,
            byte_size: found.byte_size,
        }))
    }

    /// Whether there is a function.
    pub fn has_function(name: &str, module: Option<&str>) -> Result<bool> {
        Ok(query(abi::BTF_FUNCTION, name, None, module)?.is_some())
    }

    /// The value of an enumerator; of no enumeration: of whichever has it.
    pub fn enum_value(of: Option<&str>, enumerator: &str) -> Result<Option<i64>> {
        Ok(query(abi::BTF_ENUM_VALUE, of.unwrap_or(""), Some(enumerator), None)?.map(|found| found.value))
    }

    /// The running kernel's BTF, or that of a module, which is split from it.
    pub fn read(module: Option<&str>) -> Result<Vec<u8>> {
        read_btf(0, module)
    }
}

pub(crate) fn read_btf(object: Handle, module: Option<&str>) -> Result<Vec<u8>> {
    let (start, length) = text_parts(module);
    // SAFETY: the host reads the name; with no room it writes nothing, then at most the size.
    let read = |room: &mut [u8]| unsafe {
        check(abi::btf_read(object, start as *const _, length, room.as_mut_ptr().cast(), room.len() as u32))
    };
    let mut data = vec![0; read(&mut [])? as usize];
    read(&mut data)?;
    Ok(data)
}
