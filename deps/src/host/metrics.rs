//! Metrics. Numbers of the guest's own lie in the staging memory, beneath what calls lay down, where the host reads them.

use core::sync::atomic::Ordering::Relaxed;
use std::collections::HashMap;

use wasmtime::component::Resource;

use super::bpf::metrics::{
    Description, ElementLabel, Host, HostCounter, HostGauge, HostHistogram, HostMapMetric, Kind, LabelFormat, NumberType,
    Numbers, Place,
};
use super::calls::{Calls, Import};
use super::programs::list;
use super::{Counter, EINVAL, Failure, Gauge, Guest, Histogram, Map, MapMetric, Outcome, own};
use crate::abi;

/// Where the numbers of what was published lie: of a histogram its slots, then the sum. By handle.
#[derive(Default)]
pub struct OwnNumbers(HashMap<u32, OwnNumber>);

struct OwnNumber {
    at: u64,
    count: usize,
    bounds: Vec<f64>,
}

fn number_of(number: NumberType) -> u32 {
    match number {
        NumberType::Unsigned64 => abi::METRIC_U64,
        NumberType::Signed64 => abi::METRIC_I64,
        NumberType::Float64 => abi::METRIC_F64,
        NumberType::Unsigned32 => abi::METRIC_U32,
        NumberType::Signed32 => abi::METRIC_I32,
    }
}

fn kind_of(kind: Kind) -> u32 {
    match kind {
        Kind::Counter => abi::METRIC_COUNTER,
        Kind::Gauge => abi::METRIC_GAUGE,
        Kind::Histogram => abi::METRIC_HISTOGRAM,
    }
}

fn format_of(format: LabelFormat) -> u32 {
    match format {
        LabelFormat::Unsigned => abi::METRIC_LABEL_UNSIGNED,
        LabelFormat::Signed => abi::METRIC_LABEL_SIGNED,
        LabelFormat::NetworkOrder => abi::METRIC_LABEL_NETWORK_ORDER,
        LabelFormat::Ipv4 => abi::METRIC_LABEL_IPV4,
        LabelFormat::Ipv6 => abi::METRIC_LABEL_IPV6,
        LabelFormat::Text => abi::METRIC_LABEL_TEXT,
        LabelFormat::Hex => abi::METRIC_LABEL_HEX,
    }
}

fn floats(calls: &mut Calls, values: &[f64]) -> Outcome<u32> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Ok(list(calls, &bytes)?.0)
}

fn element_labels(calls: &mut Calls, labels: &[ElementLabel]) -> Outcome<(u32, u32)> {
    let mut raw = Vec::with_capacity(labels.len());
    for label in labels {
        let (name, name_size) = list(calls, label.name.as_bytes())?;
        raw.push(abi::MetricLabel {
            name,
            name_size,
            format: format_of(label.format),
            in_value: label.in_value.into(),
            offset: label.offset,
            size: label.size,
            ..abi::MetricLabel::new()
        });
    }
    // One after another: each begins at a multiple of 8 bytes.
    const { assert!(size_of::<abi::MetricLabel>() % 8 == 0) };
    let mut first = None;
    for label in &raw {
        let at = calls.value(label)? as u32;
        first.get_or_insert(at);
    }
    Ok((first.unwrap_or(0), raw.len() as u32))
}

impl Guest {
    /// Its handle. `bounds` go with `options.slots`.
    fn publish(&mut self, description: &Description, bounds: &[f64], mut options: abi::MetricOptions) -> Outcome<i64> {
        if !bounds.is_empty() && bounds.len() + 1 != options.slots as usize {
            let text = format!("metric \"{}\": a bound for each slot but the last", description.name);
            return Err(Failure::told(EINVAL, text));
        }
        let mut labels = Vec::new();
        for text in description.labels.iter().flat_map(|(name, value)| [name, value]) {
            if text.contains('\0') {
                let text = format!("metric \"{}\": a label with a zero byte", description.name);
                return Err(Failure::told(EINVAL, text));
            }
            labels.extend_from_slice(text.as_bytes());
            labels.push(0);
        }
        let calls = &mut self.calls;
        (options.name, options.name_size) = list(calls, description.name.as_bytes())?;
        (options.help, options.help_size) = list(calls, description.help.as_bytes())?;
        (options.unit, options.unit_size) = list(calls, description.unit.as_bytes())?;
        (options.labels, options.labels_size) = list(calls, &labels)?;
        options.exponent = description.exponent;
        options.bounds = floats(calls, bounds)?;
        let at = calls.value(&options)?;
        calls.call(Import::metric_publish, [at])
    }

    /// With `count` numbers in memory.
    fn publish_own(
        &mut self,
        description: &Description,
        count: usize,
        bounds: Vec<f64>,
        options: impl FnOnce(u32) -> abi::MetricOptions,
    ) -> Outcome<i64> {
        self.start();
        let at = self.calls.reserve(count * size_of::<u64>())?;
        match self.publish(description, &bounds, options(at as u32)) {
            Ok(handle) => {
                self.own_numbers.0.insert(handle as u32, OwnNumber { at, count, bounds });
                Ok(handle)
            }
            Err(failure) => {
                self.calls.release(at, count * size_of::<u64>());
                Err(failure)
            }
        }
    }

    fn own_number<T: 'static>(&self, metric: &Resource<T>) -> wasmtime::Result<&OwnNumber> {
        self.own_numbers.0.get(&metric.rep()).ok_or_else(|| wasmtime::format_err!("no such metric"))
    }

    fn end_own<T: 'static>(&mut self, metric: Resource<T>) -> wasmtime::Result<()> {
        let number = self.own_numbers.0.remove(&metric.rep());
        self.close(metric)?;
        if let Some(number) = number {
            self.calls.release(number.at, number.count * size_of::<u64>());
        }
        Ok(())
    }
}

impl Host for Guest {}

impl HostCounter for Guest {
    fn publish(&mut self, description: Description) -> Outcome<Resource<Counter>> {
        Ok(own(self.publish_own(&description, 1, Vec::new(), |value| abi::MetricOptions {
            kind: abi::METRIC_COUNTER,
            number: abi::METRIC_U64,
            place: abi::METRIC_IN_MEMORY,
            value,
            ..abi::MetricOptions::new()
        })?))
    }

    fn add(&mut self, counter: Resource<Counter>, more: u64) -> wasmtime::Result<()> {
        let number = self.calls.number(self.own_number(&counter)?.at);
        number.store(number.load(Relaxed).wrapping_add(more), Relaxed);
        Ok(())
    }

    fn drop(&mut self, counter: Resource<Counter>) -> wasmtime::Result<()> {
        self.end_own(counter)
    }
}

impl HostGauge for Guest {
    fn publish(&mut self, description: Description) -> Outcome<Resource<Gauge>> {
        Ok(own(self.publish_own(&description, 1, Vec::new(), |value| abi::MetricOptions {
            kind: abi::METRIC_GAUGE,
            number: abi::METRIC_F64,
            place: abi::METRIC_IN_MEMORY,
            value,
            ..abi::MetricOptions::new()
        })?))
    }

    fn set(&mut self, gauge: Resource<Gauge>, value: f64) -> wasmtime::Result<()> {
        self.calls.number(self.own_number(&gauge)?.at).store(value.to_bits(), Relaxed);
        Ok(())
    }

    fn drop(&mut self, gauge: Resource<Gauge>) -> wasmtime::Result<()> {
        self.end_own(gauge)
    }
}

impl HostHistogram for Guest {
    fn publish(&mut self, description: Description, bounds: Vec<f64>) -> Outcome<Resource<Histogram>> {
        let slots = bounds.len() + 1;
        Ok(own(self.publish_own(&description, slots + 1, bounds, |value| abi::MetricOptions {
            kind: abi::METRIC_HISTOGRAM,
            number: abi::METRIC_U64,
            place: abi::METRIC_IN_MEMORY,
            value,
            slots: slots as u32,
            sum: value + (slots * size_of::<u64>()) as u32,
            sum_number: abi::METRIC_F64,
            ..abi::MetricOptions::new()
        })?))
    }

    fn observe(&mut self, histogram: Resource<Histogram>, value: f64) -> wasmtime::Result<()> {
        let OwnNumber { at, count, bounds } = self.own_number(&histogram)?;
        let slot = bounds.partition_point(|bound| !(value <= *bound)); // what is no number is above all
        let slot = self.calls.number(at + (slot * size_of::<u64>()) as u64);
        slot.store(slot.load(Relaxed).wrapping_add(1), Relaxed);
        let sum = self.calls.number(at + ((count - 1) * size_of::<u64>()) as u64);
        sum.store((f64::from_bits(sum.load(Relaxed)) + value).to_bits(), Relaxed);
        Ok(())
    }

    fn drop(&mut self, histogram: Resource<Histogram>) -> wasmtime::Result<()> {
        self.end_own(histogram)
    }
}

impl HostMapMetric for Guest {
    fn publish(
        &mut self,
        map: Resource<Map>,
        kind: Kind,
        description: Description,
        numbers: Numbers,
    ) -> Outcome<Resource<MapMetric>> {
        let mut options = abi::MetricOptions {
            kind: kind_of(kind),
            number: number_of(numbers.at.number),
            value: numbers.at.offset,
            slots: numbers.slots,
            map: map.rep() as abi::Handle,
            ..abi::MetricOptions::new()
        };
        if let Some(sum) = numbers.sum {
            (options.sum, options.sum_number) = (sum.offset, number_of(sum.number));
        }
        let calls = self.start();
        match &numbers.place {
            Place::Element(key) => {
                options.place = abi::METRIC_IN_ELEMENT;
                (options.key, options.key_size) = list(calls, key)?;
            }
            Place::EachElement(labels) => {
                options.place = abi::METRIC_IN_EACH_ELEMENT;
                (options.element_labels, options.element_label_count) = element_labels(calls, labels)?;
            }
            Place::Slots => options.place = abi::METRIC_IN_SLOTS,
        }
        Ok(own(self.publish(&description, &numbers.bounds, options)?))
    }

    fn drop(&mut self, metric: Resource<MapMetric>) -> wasmtime::Result<()> {
        self.close(metric)
    }
}
