//! Lowering of the parser's tree to control flow graphs.
