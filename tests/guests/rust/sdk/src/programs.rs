//! Programs, links, and what the kernel is.

use std::io::Read;
use std::time::{Duration, Instant};

use wasm_bpf::{Attach, AttachType, Cgroup, Iter, Map, MapType, ObjectBuilder, ProgramType, Result, RingReader};
use wasm_bpf::{TestRun, kernel, log, signal, text};

use crate::sdk::OBJECT;
use crate::{SdkSkelBuilder, expect_error, load};

const ENOENT: i32 = 2;
const EACCES: i32 = 13;
const EBUSY: i32 = 16;
const EOPNOTSUPP: i32 = 95;

pub fn attaching() -> Result<()> {
    let open = SdkSkelBuilder::default().open()?;
    assert_eq!(open.progs.on_call.section(), "raw_tp/sys_enter");
    // Of the rest none attaches without being told where, or not by itself.
    open.progs.on_call_too.set_autoattach(false)?;
    open.progs.each_count.set_autoattach(false)?;
    open.progs.nowhere.set_autoload(false)?;
    let process = kernel::host_number(kernel::HOST_PROCESS_ID)?;
    open.bss.wanted.set(process.into());
    let early = open.progs.on_call.clone();
    let mut skel = open.load()?;
    expect_error(early.set_autoload(false), EBUSY, "");
    skel.attach()?;
    assert!(skel.links.on_call.is_some() && skel.links.on_call_too.is_none() && skel.links.pass.is_none());
    kernel::possible_cpus()?;
    log::keep(None)?;
    // Each poll of a ring with nothing in it is a system call of the host's.
    let mut reader = RingReader::new(&skel.maps.events)?;
    reader.wait(Duration::from_millis(1))?;
    let calls = skel.bss.calls.get();
    assert!(calls > 0 && calls < 1_000_000, "{calls}");

    skel.links.on_call_too = Some(skel.progs.on_call_too.attach_raw_tracepoint("sys_enter")?);
    reader.wait(Duration::from_millis(1))?;
    assert!(skel.bss.calls.get() >= 1_000_000);
    skel.detach();
    reader.wait(Duration::from_millis(1))?; // a copy is brought up to date
    let calls = skel.bss.calls.get();
    reader.wait(Duration::from_millis(1))?;
    assert_eq!(skel.bss.calls.get(), calls);
    let error = skel.progs.on_call.attach_kprobe(false, "x").expect_err("it is no kprobe");
    assert!(error.to_string().contains("on_call"), "{error}");
    expect_error(skel.progs.on_call.attach_raw_tracepoint("no_such_tracepoint"), ENOENT, "no_such_tracepoint");
    Ok(())
}

pub fn links() -> Result<()> {
    let skel = load()?;
    let mut link = skel
        .progs
        .pass
        .attach_cgroup(&Cgroup::open("/sys/fs/cgroup/unified").or_else(|_| Cgroup::open("/sys/fs/cgroup"))?)?;
    let info = link.info()?;
    assert_eq!(info.program_id, skel.progs.pass.id()?);
    assert_eq!(AttachType(info.attach_type), AttachType::CGROUP_INET_EGRESS);
    link.update_prog(&skel.progs.pass_too)?;
    assert_eq!(link.info()?.program_id, skel.progs.pass_too.id()?);
    link.detach()?;
    assert_eq!(link.info()?.target_id, 0);
    let mut traced = skel.progs.on_call.attach()?;
    expect_error(traced.detach(), EOPNOTSUPP, "");

    let interface = kernel::interface_index("lo")?;
    assert_eq!(kernel::interface_name(interface).as_deref(), Some("lo"));
    expect_error(kernel::interface_index("no such"), 19, "no such");
    // By hand, as the methods do.
    let how = Attach::xdp(interface).flags(2); // XDP_FLAGS_SKB_MODE
    let link = skel.progs.drop_short.attach_with(&how)?;
    assert_eq!(link.info()?.interface_index, interface);
    Ok(())
}

pub fn runs_and_iterators() -> Result<()> {
    let skel = load()?;
    let run = |bytes: usize| skel.progs.drop_short.test_run(TestRun::new().data_in(&vec![0; bytes]));
    assert_eq!((run(16)?.return_value, run(64)?.return_value), (1, 2));
    let mut out = [0u8; 64];
    let packet = [7u8; 60];
    let ran = skel.progs.drop_short.test_run(TestRun::new().data_in(&packet).data_out(&mut out).repeat(10))?;
    assert_eq!((ran.data_size, out[59]), (60, 7));

    for key in [1, 2, 3] {
        skel.maps.counts.set(&key, &Default::default())?;
    }
    let link = skel.progs.each_count.attach_with(&Attach::iter_map(&skel.maps.counts))?;
    for _ in 0..2 {
        let mut keys = String::new();
        Iter::new(&link)?.read_to_string(&mut keys).expect("a text");
        let mut keys: Vec<_> = keys.lines().collect();
        keys.sort();
        assert_eq!(keys, ["1", "2", "3"]);
    }

    // Objects without their skeleton.
    let object = ObjectBuilder::default().name("again").open_memory(OBJECT)?;
    assert_eq!((object.name().as_str(), object.progs().count()), ("again", 10));
    object.prog("nowhere")?.set_autoload(false)?;
    let program = object.load()?.prog("on_call")?;
    // It keeps its object.
    assert_eq!(program.name(), "on_call");
    assert!(program.instructions()?.len() % 8 == 0 && program.id()? > 0);
    expect_error(ObjectBuilder::default().open_memory(b"no object"), 22, "no BPF object");
    // What errno a file has that cannot be read: of the folders that rust_test.cpp gives.
    expect_error(ObjectBuilder::default().open_file("/proc/none.bpf.o"), ENOENT, "/proc/none.bpf.o");
    expect_error(ObjectBuilder::default().open_file("/proc/sys/vm/compact_memory"), EACCES, "compact_memory");
    Ok(())
}

pub fn kernel_facts() -> Result<()> {
    let (major, minor, _) = kernel::version()?;
    assert!((major, minor) >= (5, 0));
    assert!(
        kernel::host_name(kernel::HOST_RELEASE).is_some_and(|release| release.starts_with(&format!("{major}.{minor}")))
    );
    assert!(kernel::has_map_type(MapType::HASH)? && kernel::has_program_type(ProgramType::XDP)?);
    assert!(kernel::has_helper(ProgramType::XDP, 1)?);
    assert!(kernel::btf::type_size("task_struct", None)?.is_some_and(|size| size > 1000));
    assert_eq!(kernel::btf::type_size("no_such_struct", None)?, None);
    let pid = kernel::btf::field("task_struct", "pid", None)?.expect("a field");
    assert_eq!((pid.byte_size, pid.bit_size), (4, 0));
    assert!(kernel::btf::has_function("vfs_read", None)?);
    assert_eq!(kernel::btf::enum_value(Some("bpf_map_type"), "BPF_MAP_TYPE_ARRAY")?, Some(2));
    if let Some(address) = kernel::symbol_address("vfs_read")? {
        let symbol = kernel::symbol_at(address + 1)?.expect("a symbol");
        assert_eq!((symbol.address, symbol.module), (address, None));
    }
    assert_eq!(kernel::symbol_address("no_such_symbol")?, None);
    assert!(!text(&kernel::local_time(0)?.abbreviation).is_empty());

    log::keep(Some(log::Level::Debug))?;
    load()?;
    assert!(log::messages().any(|(_, message)| message.contains("libbpf")));
    log::keep(None)?;
    Ok(())
}

pub fn signals() -> Result<()> {
    let flag = signal::on_interrupt()?;
    assert!(!flag.is_set());
    signal::raise(signal::SIGINT)?;
    assert!(flag.is_set());
    flag.clear();
    assert!(!flag.is_set());
    // A wait for ever ends; so does code that calls nothing.
    let alarms = signal::flag(&[signal::SIGALRM])?;
    let map = Map::create(MapType::RINGBUF, "quiet", 0, 0, 4096)?;
    let mut reader = RingReader::new(&map)?;
    let start = Instant::now();
    signal::alarm(Duration::from_millis(20), Duration::ZERO);
    assert_eq!(reader.wait(Duration::MAX)?.records().count(), 0);
    assert!(alarms.is_set() && !flag.is_set() && start.elapsed() >= Duration::from_millis(15));
    alarms.clear();
    signal::alarm(Duration::from_millis(20), Duration::ZERO);
    while !alarms.is_set() {}
    alarms.clear();
    signal::alarm(Duration::from_millis(20), Duration::ZERO);
    assert!(signal::sleep(Duration::MAX)?);
    assert!(!signal::sleep(Duration::from_millis(5))?);
    // One that comes while a flag is made, which takes some 50 ms here, is seen.
    let many = vec![signal::SIGALRM; 1_000_000];
    signal::alarm(Duration::from_millis(1), Duration::from_millis(1));
    let many = signal::flag(&many)?;
    signal::alarm(Duration::ZERO, Duration::ZERO);
    assert!(many.is_set());
    signal::ignore(signal::SIGTERM)?;
    signal::raise(signal::SIGTERM)?;
    assert!(!flag.is_set());
    expect_error(signal::flag(&[9]), 22, "signal 9");
    Ok(())
}
