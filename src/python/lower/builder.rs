//! Builds the blocks of one function: labels, handlers and the numbering of blocks.
//!
//! Blocks are numbered in the order in which they are placed. A jump names a label; a label is placed once, and while
//! building, the block numbers in terminators and handlers are label numbers.

use ruff_text_size::TextRange;

use super::cleanup::Frame;
use crate::files::Span;
use crate::python::ir::{Block, BlockId, Handler, Op, OpKind, Slot, Temp, Terminator, Test};
use crate::python::symbols::Symbol;

/// A place to jump to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(pub(super) u32);

impl Label {
    /// The label in the guise of a block number, until [`Builder::finish`] puts in the real one.
    pub(super) const fn target(self) -> BlockId {
        BlockId(self.0)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct LabelState {
    block: Option<BlockId>,
    used: bool,
}

/// Where `break` and `continue` of a loop go.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoopFrame {
    pub(super) on_break: Label,
    pub(super) on_continue: Label,
    /// How many [`Frame`]s were open when the loop began.
    pub(super) frames: usize,
}

/// The state of the function that is being lowered.
#[derive(Default, Debug)]
pub(super) struct Builder<'a> {
    pub(super) blocks: Vec<Block>,
    /// Whether the last block is still open; if not, what would follow cannot be reached.
    open: bool,
    /// Whether the last block is where a handler goes, and so keeps the handler that it has.
    pinned: bool,
    labels: Vec<LabelState>,
    pub(super) handlers: Vec<Handler>,
    /// The innermost handler at this point.
    pub(super) handler: Option<u32>,
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) loops: Vec<LoopFrame>,
    pub(super) slots: Vec<Option<Symbol>>,
    pub(super) captured: Vec<bool>,
    pub(super) temps: u32,
    /// Holds the value of a `return` while what stands around it is left.
    pub(super) return_slot: Option<Slot>,
    /// What copies of `finally` bodies and `with` exits have cost so far.
    pub(super) copied: u32,
    /// Within how many `finally` bodies this point is.
    pub(super) cleanup_depth: u32,
}

/// A parser range as a span.
pub(super) fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

impl Builder<'_> {
    /// A function with these variables, at the beginning of its first block.
    pub(super) fn new(slots: Vec<Option<Symbol>>, captured: Vec<bool>) -> Self {
        let mut builder = Self {
            slots,
            captured,
            ..Self::default()
        };
        builder.open_block();
        builder
    }

    /// Whether the point that has been reached can not be reached when the code runs.
    pub(super) const fn is_dead(&self) -> bool {
        !self.open
    }

    pub(super) fn temp(&mut self) -> Temp {
        let temp = Temp(self.temps);
        self.temps += 1;
        temp
    }

    pub(super) fn hidden_slot(&mut self) -> Slot {
        let slot = Slot(self.slots.len() as u32);
        self.slots.push(None);
        self.captured.push(false);
        slot
    }

    pub(super) fn emit(&mut self, kind: OpKind, span: Span) {
        if self.open
            && let Some(block) = self.blocks.last_mut()
        {
            block.ops.push(Op { kind, span });
        }
    }

    pub(super) fn label(&mut self) -> Label {
        let label = Label(self.labels.len() as u32);
        self.labels.push(LabelState::default());
        label
    }

    /// A handler inside the current one.
    pub(super) fn new_handler(&mut self, target: Label) -> u32 {
        self.handlers.push(Handler {
            target: target.target(),
            catches: Vec::new(),
            catches_all: false,
            outer: self.handler,
        });
        self.handlers.len() as u32 - 1
    }

    fn open_block(&mut self) {
        self.blocks.push(Block {
            ops: Vec::new(),
            end: Terminator::Return(None),
            handler: self.handler,
            loop_end: None,
        });
        self.open = true;
        self.pinned = false;
    }

    fn mark_used(&mut self, target: BlockId) {
        if let Some(label) = self.labels.get_mut(target.0 as usize) {
            label.used = true;
        }
    }

    /// Whether something jumps to the label.
    pub(super) fn is_used(&self, label: Label) -> bool {
        self.labels.get(label.0 as usize).is_some_and(|state| state.used)
    }

    /// Ends the open block. Targets are labels.
    pub(super) fn end(&mut self, end: Terminator) {
        if !self.open {
            return;
        }
        match &end {
            Terminator::Goto(target) => self.mark_used(*target),
            Terminator::Branch { then, otherwise, .. } => {
                self.mark_used(*then);
                self.mark_used(*otherwise);
            }
            Terminator::Return(_) | Terminator::Raise(_) | Terminator::Unwind => {}
        }
        if let Some(block) = self.blocks.last_mut() {
            block.end = end;
        }
        self.open = false;
    }

    pub(super) fn goto(&mut self, label: Label) {
        self.end(Terminator::Goto(label.target()));
    }

    pub(super) fn branch(&mut self, test: Test, span: Span, then: Label, otherwise: Label) {
        self.end(Terminator::Branch {
            test,
            span,
            then: then.target(),
            otherwise: otherwise.target(),
        });
    }

    /// Places a label where forward jumps may have gone; where none has and the block before it does not fall
    /// through, what follows is dead.
    pub(super) fn place(&mut self, label: Label) {
        if self.is_used(label) {
            self.place_always(label);
        } else if self.open {
            self.enter_region();
        }
    }

    /// Places a label in a block of its own even where nothing has jumped to it yet.
    pub(super) fn place_always(&mut self, label: Label) -> BlockId {
        self.goto(label);
        let id = BlockId(self.blocks.len() as u32);
        self.open_block();
        if let Some(state) = self.labels.get_mut(label.0 as usize) {
            debug_assert!(state.block.is_none(), "a label is placed once");
            *state = LabelState {
                block: Some(id),
                used: true,
            };
        }
        id
    }

    /// Places the first block of handler code.
    pub(super) fn place_handler(&mut self, label: Label) {
        self.place_always(label);
        self.pinned = true;
    }

    /// Makes what follows belong to the current handler: in a new block, if the open one has ops under another.
    pub(super) fn enter_region(&mut self) {
        let Some(block) = self.blocks.last_mut().filter(|_| self.open) else {
            return;
        };
        if block.handler == self.handler {
            return;
        }
        if block.ops.is_empty() && !self.pinned {
            block.handler = self.handler;
        } else {
            let label = self.label();
            self.place_always(label);
        }
    }

    /// Marks the blocks from `header` to the last one as a loop.
    pub(super) fn close_loop(&mut self, header: BlockId) {
        let end = BlockId(self.blocks.len() as u32);
        if let Some(block) = self.blocks.get_mut(header.0 as usize) {
            block.loop_end = Some(end);
        }
    }

    /// Ends the function: what is open returns, and labels become block numbers.
    pub(super) fn finish(&mut self) {
        self.end(Terminator::Return(None));
        let labels = &self.labels;
        let settle = |target: &mut BlockId| {
            let block = labels.get(target.0 as usize).and_then(|label| label.block);
            debug_assert!(block.is_some(), "every label that is used is placed");
            *target = block.unwrap_or(BlockId(0));
        };
        for block in &mut self.blocks {
            match &mut block.end {
                Terminator::Goto(target) => settle(target),
                Terminator::Branch { then, otherwise, .. } => {
                    settle(then);
                    settle(otherwise);
                }
                Terminator::Return(_) | Terminator::Raise(_) | Terminator::Unwind => {}
            }
        }
        for handler in &mut self.handlers {
            settle(&mut handler.target);
        }
    }
}
