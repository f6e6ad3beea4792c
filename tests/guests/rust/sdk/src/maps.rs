//! Maps and their elements.

use std::collections::BTreeMap;

use wasm_bpf::{BatchCursor, Map, MapBuilder, MapFlags, MapType, Pod, Result, kernel};

use crate::sdk::types::count;
use crate::{SdkSkelBuilder, expect_error, has_windows, load};

const EEXIST: i32 = 17;
const ENOENT: i32 = 2;
const EINVAL: i32 = 22;
const EOPNOTSUPP: i32 = 95;

fn seen(seen: u64) -> count {
    count { seen, ..count::default() }
}

pub fn elements() -> Result<()> {
    let skel = load()?;
    let map: &Map = &skel.maps.counts;
    assert_eq!((map.name().as_str(), map.map_type()), ("counts", MapType::HASH));
    assert_eq!((map.key_size(), map.value_size(), map.max_entries()), (4, 16, 1024));
    assert_eq!(format!("{:?} {:?}", map.map_type(), MapType(99)), "HASH bpf_map_type(99)");
    let key = 7u32.to_ne_bytes();
    assert_eq!(map.lookup(&key, MapFlags::ANY)?, None);
    map.update(&key, seen(1).as_bytes(), MapFlags::NO_EXIST)?;
    expect_error(map.update(&key, seen(1).as_bytes(), MapFlags::NO_EXIST), EEXIST, "exists");
    assert_eq!(map.lookup(&key, MapFlags::ANY)?.as_deref(), Some(seen(1).as_bytes()));
    assert_eq!(map.keys().collect::<Result<Vec<_>>>()?, [key]);
    assert_eq!(map.lookup_and_delete(&key)?.as_deref(), Some(seen(1).as_bytes()));
    assert!(!map.delete(&key)?);
    expect_error(map.lookup(&[1, 2], MapFlags::ANY), EINVAL, "a key of \"counts\" has 4 bytes, not 2");
    expect_error(map.update(&key, &[1], MapFlags::ANY), EINVAL, "a value of \"counts\" has 16 bytes, not 1");

    let queue = &skel.maps.queue;
    queue.push(&[1, 0, 0, 0], MapFlags::ANY)?;
    queue.push(&[2, 0, 0, 0], MapFlags::ANY)?;
    assert_eq!((queue.pop()?, queue.pop()?, queue.pop()?), (Some(vec![1, 0, 0, 0]), Some(vec![2, 0, 0, 0]), None));
    expect_error(skel.object().map("none"), ENOENT, "the object has no map \"none\"");
    assert!(skel.object().maps().any(|map| map.name() == "queue"));
    Ok(())
}

pub fn typed() -> Result<()> {
    let skel = load()?;
    let map = &skel.maps.counts;
    for key in 0..1000 {
        map.set(&key, &seen(key as u64 * 3))?;
    }
    assert_eq!(map.get(&5)?.map(|count| count.seen), Some(15));
    expect_error(map.set_with(&2000, &seen(0), MapFlags::EXIST), ENOENT, "");
    let all: BTreeMap<u32, u64> = map.entries()?.into_iter().map(|(key, count)| (key, count.seen)).collect();
    assert!(all.into_iter().eq((0..1000).map(|key| (key, key as u64 * 3))));
    assert_eq!(map.iter().map(|entry| entry.map(|(_, count)| count.seen)).sum::<Result<u64>>()?, 3 * 499_500);
    let mut keys: Vec<u32> = map.keys().collect::<Result<_>>()?;
    keys.sort();
    assert!(keys.into_iter().eq(0..1000));
    assert_eq!(map.take(&5)?.map(|count| count.seen), Some(15));
    assert!(!map.remove(&5)? && map.remove(&6)?);
    assert_eq!(map.drain()?.len(), 998);
    assert_eq!(map.entries()?.len(), 0);
    map.set_batch(&[1, 2, 3], &[seen(1), seen(2), seen(3)], MapFlags::ANY)?;
    map.remove_batch(&[1, 3])?;
    assert_eq!(map.keys().collect::<Result<Vec<_>>>()?, [2]);

    // By hand, with room for less than all.
    for key in 0..100 {
        map.set(&key, &seen(1))?;
    }
    let (mut cursor, mut total) = (BatchCursor::new(), 0);
    let (mut keys, mut values) = ([0u8; 4 * 60], [0u8; 16 * 60]);
    while !cursor.is_at_end() {
        total += map.lookup_batch(&mut cursor, &mut keys, &mut values)?;
    }
    assert_eq!(total, 100);
    expect_error(map.lookup_batch(&mut BatchCursor::new(), &mut keys, &mut values[1..]), EINVAL, "");

    let array = &skel.maps.shared;
    array.set(&3, &30)?;
    assert_eq!(array.entries()?, [(0, 0), (1, 0), (2, 0), (3, 30)]);
    expect_error(skel.object().map("counts")?.into_typed::<u32, u64>(), EINVAL, "has 16 bytes, not 8");
    expect_error(skel.object().map("counts")?.into_typed::<u64, count>(), EINVAL, "has 4 bytes, not 8");
    if !has_windows() {
        expect_error(array.window::<u64>(), EOPNOTSUPP, "no windows");
        return Ok(());
    }
    let window = array.window::<u64>()?;
    assert_eq!((window.len(), window[3].get()), (4, 30));
    window[1].set(10);
    assert_eq!(array.get(&1)?, Some(10));
    array.set(&1, &11)?;
    assert_eq!(window[1].get(), 11);
    Ok(())
}

/// A queue has no keys to go through: an error, which is not taken for the end.
pub fn errors_of_iterations() -> Result<()> {
    let skel = load()?;
    let mut keys = skel.maps.queue.keys();
    expect_error(keys.next().expect("an item"), EINVAL, "");
    assert!(keys.next().is_none());
    let typed = skel.object().map("queue")?.into_typed::<(), u32>()?;
    assert_eq!(typed.keys().map(|key| key.is_err()).collect::<Vec<_>>(), [true]);
    assert_eq!(typed.iter().map(|entry| entry.is_err()).collect::<Vec<_>>(), [true]);
    expect_error(typed.entries(), EINVAL, "");
    Ok(())
}

pub fn per_cpu() -> Result<()> {
    let skel = load()?;
    let map = &skel.maps.per_cpu;
    assert_eq!(map.cpus(), kernel::possible_cpus()?);
    let values: Vec<u32> = (0..map.cpus() as u32).map(|cpu| cpu + 10).collect();
    map.set(&1, &values)?;
    assert_eq!(map.get(&1)?, Some(values.clone()));
    assert_eq!(map.iter().collect::<Result<Vec<_>>>()?, [(0, vec![0; map.cpus()]), (1, values.clone())]);
    let bytes = map.lookup_percpu(&1u32.to_ne_bytes(), MapFlags::ANY)?.expect("an element");
    assert!(bytes.iter().map(|value| u32::read(value).unwrap()).eq(values));
    map.update_percpu(&0u32.to_ne_bytes(), &bytes, MapFlags::ANY)?;
    assert_eq!(map.get(&0)?, map.get(&1)?);
    expect_error(map.set(&1, &[1; 1000]), EINVAL, "");
    Ok(())
}

pub fn own_maps() -> Result<()> {
    let inner = Map::create(MapType::ARRAY, "inner", 4, 8, 2)?.into_typed::<u32, u64>()?;
    inner.set(&1, &99)?;
    let clone = inner.clone();
    drop(inner);
    assert_eq!(clone.get(&1)?, Some(99));
    let outer = MapBuilder::new(MapType::ARRAY_OF_MAPS).name("outer").sizes(4, 4).max_entries(1).inner_map(&clone);
    let outer = outer.create()?;
    outer.update(&0u32.to_ne_bytes(), &clone.handle().to_ne_bytes(), MapFlags::ANY)?;
    clone.freeze()?;
    assert!(clone.set(&1, &1).is_err());
    expect_error(Map::create(MapType::ARRAY, "wrong", 3, 8, 2), EINVAL, "wrong");

    // Before load.
    let open = SdkSkelBuilder::default().open()?;
    open.maps.counts.set_max_entries(3)?;
    let other = Map::create(MapType::QUEUE, "other", 0, 4, 4)?;
    other.push(&[9, 0, 0, 0], MapFlags::ANY)?;
    open.maps.queue.reuse(&other)?;
    let early = open.maps.counts.clone();
    let skel = open.load()?;
    assert_eq!(skel.maps.counts.max_entries(), 3);
    assert_eq!(skel.maps.queue.pop()?, Some(vec![9, 0, 0, 0]));
    assert!(early.set_max_entries(5).is_err());
    Ok(())
}
