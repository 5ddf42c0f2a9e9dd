//! What makes a process open the GPU.

use super::calls::Actuals;
use super::{Run, World};
use crate::model::events::EventKind;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::ArgKind;

/// Functions that open the device. That one is there, and how many, torch finds out without.
const OPENS: &[&str] = &[
    "torch.cuda.init",
    "torch.cuda.current_device",
    "torch.cuda.set_device",
    "torch.cuda.synchronize",
    "torch.cuda.get_device_name",
    "torch.cuda.get_device_properties",
    "torch.cuda.get_device_capability",
    "torch.cuda.memory_allocated",
    "torch.cuda.mem_get_info",
    "torch.cuda.current_stream",
    "torch.cuda.Stream",
    "jax.devices",
    "jax.local_devices",
    "jax.device_put",
    "tensorflow.constant",
    "tensorflow.zeros",
    "tensorflow.ones",
];

/// Libraries whose arrays lie on the GPU.
const LIBRARIES: &[&str] = &["cupy.", "jax.numpy."];

impl Run<'_> {
    /// A function of a library is called.
    pub(super) fn note_gpu_call(&mut self, world: &World, dotted: &str, actuals: &Actuals) {
        let is_on_gpu = || {
            let devices = actuals
                .iter()
                .filter(|actual| matches!(actual.kind, ArgKind::Keyword(name) if self.symbols.name(name) == "device"));
            dotted.starts_with("torch.") && devices.into_iter().any(|device| self.names_gpu(&device.value))
        };
        if OPENS.contains(&dotted) || LIBRARIES.iter().any(|library| dotted.starts_with(library)) || is_on_gpu() {
            self.record(world, EventKind::Gpu, 52);
        }
    }

    /// A method of something unknown is called: `model.cuda()`, `tensor.to("cuda")`.
    pub(super) fn note_gpu_method(&mut self, world: &World, name: Symbol, actuals: &Actuals) {
        let moves = match self.name(name) {
            "cuda" => true,
            "to" => actuals.iter().any(|actual| self.names_gpu(&actual.value)),
            _ => false,
        };
        if moves {
            self.record(world, EventKind::Gpu, 52);
        }
    }

    /// Whether a value may be the name of a GPU: where it is one of two, the other is for machines without.
    fn names_gpu(&self, value: &Value) -> bool {
        let is_gpu = |atom: &Atom| matches!(*atom, Atom::Str(name) if self.symbols.name(name).starts_with("cuda"));
        value.atoms().iter().any(is_gpu)
    }
}
