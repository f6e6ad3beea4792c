//! What generated skeletons stand on: global variables as structs, and attaching all there is.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};
use std::rc::{Rc, Weak};

use crate::abi;
use crate::error::{Error, Result, check, errno};
use crate::link::Link;
use crate::map::{Map, info_of};
use crate::memory::{Pages, has_windows};
use crate::object::OpenObject;
use crate::owner::Owner;
use crate::program::Program;

/// A struct of a section's variables.
///
/// # Safety
/// Every bit pattern is valid, and what programs change is in [`Live`](crate::Live) cells. Only generated code says so.
#[doc(hidden)]
pub unsafe trait Section {}

/// Global variables of an object that is not loaded yet: what programs start with.
#[derive(Debug)]
pub struct OpenSection<T> {
    memory: Rc<Memory>,
    owner: Rc<Owner>,
    variables: *mut T,
}

/// Global variables of a loaded object: the kernel's own memory, or where the host has no windows a copy that is brought up
/// to date around each wait and each run of a program.
#[derive(Debug)]
pub struct LoadedSection<T> {
    _memory: Rc<Memory>,
    _owner: Rc<Owner>,
    variables: *const T,
}

#[derive(Debug)]
struct Memory {
    map: abi::Handle,
    pages: Rc<Pages>,
    /// Without a window: what both sides had last.
    copy: Option<RefCell<Vec<u8>>>,
    settable: bool,
}

/// Binds a struct to a map's content.
///
/// # Safety
/// `T` must be the struct of that map's variables.
pub unsafe fn open_section<T: Section>(object: &OpenObject, name: &str) -> Result<OpenSection<T>> {
    let map = object.map(name)?;
    let info = map.info()?;
    let windows = has_windows() && info.window_bytes != 0;
    let bytes = if windows { info.window_bytes as usize } else { info.data_bytes as usize };
    // A struct ends with its padding, a section before it.
    let pages = Rc::new(Pages::new(bytes.max(size_of::<T>()).next_multiple_of(crate::memory::PAGE))?);
    if windows && pages.len() != bytes {
        return Err(Error::new(errno::EINVAL, format!("\"{name}\" is smaller than its variables")));
    }
    // SAFETY: the host writes at most so many bytes; a window's memory is kept until the object is closed.
    check(unsafe {
        if windows {
            abi::map_window(map.handle(), pages.as_ptr().cast(), info.window_bytes)
        } else {
            abi::map_initial_value(map.handle(), pages.as_ptr().cast(), info.data_bytes)
        }
    })?;
    object.owner.keep(pages.clone());
    let copy = (!windows).then(|| RefCell::new(vec![0; info.data_bytes as usize]));
    let variables = pages.as_ptr().cast();
    let memory = Rc::new(Memory { map: map.handle(), pages, copy, settable: name != ".kconfig" });
    Ok(OpenSection { memory, owner: map.owner().clone(), variables })
}

impl<T: Section> OpenSection<T> {
    /// The last moment before the object is loaded.
    pub fn before_load(self) -> Result<Self> {
        if let (Some(copy), true) = (&self.memory.copy, self.memory.settable) {
            let size = copy.borrow().len() as u32;
            // SAFETY: the host reads so many bytes of the copy.
            check(unsafe { abi::map_set_initial_value(self.memory.map, self.memory.pages.as_ptr().cast(), size) })?;
        }
        Ok(self)
    }

    /// The same variables once it is.
    pub fn after_load(self) -> Result<LoadedSection<T>> {
        if self.memory.copy.is_some() {
            start_copy(&self.memory)?;
        }
        Ok(LoadedSection { _memory: self.memory, _owner: self.owner, variables: self.variables })
    }
}

impl<T> Deref for OpenSection<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: of the type, alive with its owner; nobody else has it before load.
        unsafe { &*self.variables }
    }
}

impl<T> DerefMut for OpenSection<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { &mut *self.variables }
    }
}

impl<T> Deref for LoadedSection<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: of the type, alive with its owner; what others change is in cells.
        unsafe { &*self.variables }
    }
}

thread_local! {
    static COPIES: RefCell<Vec<Weak<Memory>>> = const { RefCell::new(Vec::new()) };
    /// Set with the first copy.
    static SYNC: Cell<Option<fn() -> Result<()>>> = const { Cell::new(None) };
}

/// Called around every wait for programs and every run of one. Nothing where there are no copies.
#[inline]
pub(crate) fn sync() -> Result<()> {
    match SYNC.get() {
        None => Ok(()),
        Some(sync) => sync(),
    }
}

fn start_copy(memory: &Rc<Memory>) -> Result<()> {
    let info = info_of(memory.map)?;
    memory.synchronize(true)?;
    if info.read_only == 0 {
        COPIES.with_borrow_mut(|copies| copies.push(Rc::downgrade(memory)));
        SYNC.set(Some(synchronize_all));
    }
    Ok(())
}

fn synchronize_all() -> Result<()> {
    COPIES.with_borrow_mut(|copies| {
        copies.retain(|copy| copy.strong_count() > 0);
        copies.iter().filter_map(Weak::upgrade).try_for_each(|copy| copy.synchronize(false))
    })
}

impl Memory {
    /// What the guest changed goes to the map, and what programs changed comes back; bytes that both changed are the guest's.
    fn synchronize(&self, first: bool) -> Result<()> {
        let Some(copy) = &self.copy else { return Ok(()) };
        let mut synced = copy.borrow_mut();
        let own = self.pages.as_ptr();
        let mut at = 0;
        while !first && at < synced.len() {
            let begin = at;
            // SAFETY: within the copy, which is in cells or belongs to nobody.
            while at < synced.len() && unsafe { own.add(at).read_volatile() } != synced[at] {
                at += 1;
            }
            if at > begin {
                // SAFETY: the host reads so many bytes of the copy.
                check(unsafe { abi::map_write(self.map, begin as u64, own.add(begin).cast(), (at - begin) as u32) })?;
            }
            at += 1;
        }
        // SAFETY: the host writes so many bytes to what was synced, and those go to the copy.
        check(unsafe { abi::map_read(self.map, 0, synced.as_mut_ptr().cast(), synced.len() as u32) })?;
        for (at, &byte) in synced.iter().enumerate() {
            // SAFETY: as above.
            unsafe { own.add(at).write_volatile(byte) };
        }
        Ok(())
    }
}

/// Attaches a program that is to be attached by itself.
pub fn attach(program: &Program, link: &mut Option<Link>) -> Result<()> {
    if link.is_some() {
        return Ok(());
    }
    let info = program.info()?;
    if info.autoload != 0 && info.autoattach != 0 && info.needs_target == 0 {
        *link = Some(program.attach()?);
    }
    Ok(())
}

/// The same of a struct_ops map.
pub fn attach_map(map: &Map, link: &mut Option<Link>) -> Result<()> {
    if link.is_some() {
        return Ok(());
    }
    let info = map.info()?;
    if info.autocreate != 0 && info.autoattach != 0 {
        *link = Some(map.attach_struct_ops()?);
    }
    Ok(())
}
