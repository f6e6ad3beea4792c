//! What programs are attached to, and maps hold, beside files of the guest's: places of the host's.

use std::ffi::c_void;

use crate::abi::{self, Handle};
use crate::error::{Result, check};
use crate::owner::Owned;

macro_rules! place {
    ($(#[$meta:meta])* $name:ident, $open:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name {
            handle: Owned,
        }

        impl $name {
            #[doc = concat!("Opens ", $what, ".")]
            pub fn open(path: &str) -> Result<Self> {
                open(path, abi::$open).map(|handle| Self { handle })
            }

            /// The number that stands for it as a map's key or value, and in the guest ABI.
            pub fn handle(&self) -> Handle {
                self.handle.get()
            }
        }
    };
}

fn open(path: &str, open: unsafe extern "C" fn(*const c_void, u32) -> Handle) -> Result<Owned> {
    // SAFETY: the host reads the path.
    Ok(Owned::new(check(unsafe { open(path.as_ptr().cast(), path.len() as u32) })?))
}

place!(
    /// A cgroup2 folder.
    Cgroup, cgroup_open, "a folder of the host's cgroup file system"
);
place!(
    /// A network namespace.
    NetworkNamespace, network_namespace_open, "a namespace, as `/run/netns/NAME` or `/proc/PID/ns/net`"
);
place!(
    /// A file or folder, as the key of an inode storage map.
    HostFile, file_open, "a file or folder of the host's by its whole path; nothing is read or written by it"
);

impl NetworkNamespace {
    /// The host's own.
    pub fn own() -> Result<Self> {
        Self::open("")
    }
}

/// A socket of the host's, for a program or a map.
#[derive(Debug)]
pub struct Socket {
    handle: Owned,
}

impl Socket {
    /// A packet socket that sees what an interface (0: any) receives.
    pub fn packet(interface: i32) -> Result<Self> {
        const AF_PACKET: u32 = 17;
        const SOCK_RAW: u32 = 3;
        const ETH_P_ALL: u16 = 3;
        SocketBuilder::new(AF_PACKET, SOCK_RAW).protocol(ETH_P_ALL.to_be().into()).interface(interface).open()
    }

    /// Binds it to an address: Linux' `struct sockaddr_ll`, `sockaddr_in` or `sockaddr_in6`.
    pub fn bind(&self, address: &[u8]) -> Result<()> {
        // SAFETY: the host reads the address.
        check(unsafe { abi::socket_bind(self.handle(), address.as_ptr().cast(), address.len() as u32) })?;
        Ok(())
    }

    /// The number that stands for it as a map's key or value, and in the guest ABI.
    pub fn handle(&self) -> Handle {
        self.handle.get()
    }
}

/// How to open a [`Socket`].
#[derive(Clone, Debug)]
pub struct SocketBuilder {
    options: abi::SocketOptions,
    address: Vec<u8>,
}

impl SocketBuilder {
    /// Family and type, as Linux numbers them.
    pub fn new(family: u32, kind: u32) -> Self {
        let mut options = abi::SocketOptions::new();
        (options.family, options.type_) = (family, kind);
        Self { options, address: Vec::new() }
    }

    /// As socket(2) takes it.
    pub fn protocol(mut self, protocol: u32) -> Self {
        self.options.protocol = protocol;
        self
    }

    /// Of packet sockets: the interface.
    pub fn interface(mut self, index: i32) -> Self {
        self.options.interface_index = index;
        self
    }

    /// Binds it to an address: Linux' `struct sockaddr_in` or `sockaddr_in6`.
    pub fn address(mut self, address: &[u8]) -> Self {
        self.address = address.to_vec();
        self
    }

    /// Several sockets may have the address.
    pub fn reuse_port(mut self) -> Self {
        self.options.flags |= abi::SOCKET_REUSE_PORT;
        self
    }

    /// It listens.
    pub fn listen(mut self) -> Self {
        self.options.flags |= abi::SOCKET_LISTEN;
        self
    }

    /// Opens it.
    pub fn open(&self) -> Result<Socket> {
        let mut options = self.options;
        if !self.address.is_empty() {
            (options.address, options.address_size) = (self.address.as_ptr() as u32, self.address.len() as u32);
        }
        // SAFETY: the host reads the options and the address.
        let handle = check(unsafe { abi::socket_open((&raw const options).cast()) })?;
        Ok(Socket { handle: Owned::new(handle) })
    }
}
