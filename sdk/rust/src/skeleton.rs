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
    object.owner.keep(map.handle(), pages.clone());
    let copy = (!windows).then(|| RefCell::new(vec![0; info.data_bytes as usize]));
    let variables = pages.as_ptr().cast();
    let memory = Rc::new(Memory { map: map.handle(), pages, copy, settable: name != ".kconfig" });
    Ok(OpenSection { memory, owner: map.owner().clone(), variables })
}

impl<T: Section> OpenSection<T> {
    /// The last moment before the object is loaded. The section must be that object's: `DerefMut` gives out what another's
    /// programs would already write.
    pub fn before_load(self, object: &OpenObject) -> Result<Self> {
        if !Rc::ptr_eq(&self.owner, &object.owner) {
            return Err(Error::new(errno::EINVAL, format!("a section of \"{}\" is another object's", object.name())));
        }
        if let (Some(copy), true) = (&self.memory.copy, self.memory.settable) {
            let size = copy.borrow().len() as u32;
            // SAFETY: the host reads so many bytes of the copy.
            let result =
                unsafe { abi::map_set_initial_value(self.memory.map, self.memory.pages.as_ptr().cast(), size) };
            // A map that is taken from another object (`Map::reuse`) is in use, and has its content.
            if result != -errno::EBUSY {
                check(result)?;
            }
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

/// Of a copy, with what both sides had last.
type Step = fn(&Memory, &mut [u8]) -> Result<()>;

thread_local! {
    static COPIES: RefCell<Vec<Weak<Memory>>> = const { RefCell::new(Vec::new()) };
    /// Set with the first copy.
    static EACH: Cell<Option<fn(Step) -> Result<()>>> = const { Cell::new(None) };
}

/// Brings global variables up to date where the host has no windows, and the guest has copies of them: what the guest has
/// set since goes to the programs, and what they have set comes to the guest. Bytes that both set are the guest's. Every
/// wait of this crate's and every [`test_run`](crate::Program::test_run) does it; who waits in another way, as by
/// [`std::thread::sleep`], calls this. With windows it does nothing.
#[inline]
pub fn sync() -> Result<()> {
    push()?;
    pull()
}

/// Called before every wait for programs and every run of one: what the guest has set goes to them.
#[inline]
pub(crate) fn push() -> Result<()> {
    each_copy(Memory::push)
}

/// Called after it: what programs have set comes to the guest, which has set nothing since.
#[inline]
pub(crate) fn pull() -> Result<()> {
    each_copy(Memory::pull)
}

/// Nothing where there are no copies.
#[inline]
fn each_copy(step: Step) -> Result<()> {
    match EACH.get() {
        None => Ok(()),
        Some(each) => each(step),
    }
}

fn start_copy(memory: &Rc<Memory>) -> Result<()> {
    memory.with_synced(Memory::pull)?;
    if info_of(memory.map)?.read_only == 0 {
        COPIES.with_borrow_mut(|copies| copies.push(Rc::downgrade(memory)));
        EACH.set(Some(every_copy));
    }
    Ok(())
}

fn every_copy(step: Step) -> Result<()> {
    COPIES.with_borrow_mut(|copies| {
        copies.retain(|copy| copy.strong_count() > 0);
        copies.iter().filter_map(Weak::upgrade).try_for_each(|copy| copy.with_synced(step))
    })
}

impl Memory {
    fn with_synced(&self, step: Step) -> Result<()> {
        self.copy.as_ref().map_or(Ok(()), |synced| step(self, &mut synced.borrow_mut()))
    }

    /// What the guest has changed since both sides had the same goes to the map.
    fn push(&self, synced: &mut [u8]) -> Result<()> {
        // SAFETY: all of the copy, which is in cells or belongs to nobody, and which nobody writes meanwhile.
        let own = unsafe { std::slice::from_raw_parts(self.pages.as_ptr(), synced.len()) };
        let mut at = 0;
        loop {
            at += equal_bytes(&own[at..], &synced[at..]);
            let changed = own[at..].iter().zip(&synced[at..]).take_while(|(own, synced)| own != synced).count();
            if changed == 0 {
                return Ok(());
            }
            let bytes = &own[at..at + changed];
            // SAFETY: the host reads the bytes.
            check(unsafe { abi::map_write(self.map, at as u64, bytes.as_ptr().cast(), changed as u32) })?;
            synced[at..at + changed].copy_from_slice(bytes);
            at += changed;
        }
    }

    /// The map's content comes to the guest.
    fn pull(&self, synced: &mut [u8]) -> Result<()> {
        // SAFETY: the host writes so many bytes to what was synced, and those go to the copy.
        unsafe {
            check(abi::map_read(self.map, 0, synced.as_mut_ptr().cast(), synced.len() as u32))?;
            std::ptr::copy_nonoverlapping(synced.as_ptr(), self.pages.as_ptr(), synced.len());
        }
        Ok(())
    }
}

/// How many bytes are the same in both before one is not. They are of one length.
fn equal_bytes(one: &[u8], other: &[u8]) -> usize {
    let word = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().expect("a chunk has 8 bytes"));
    let pairs = one.chunks_exact(8).zip(other.chunks_exact(8));
    let words = 8 * pairs.take_while(|(one, other)| word(one) == word(other)).count();
    words + one[words..].iter().zip(&other[words..]).take_while(|(one, other)| one == other).count()
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
