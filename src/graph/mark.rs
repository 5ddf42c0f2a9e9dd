//! Findings at the node or edge that they concern.

use super::{Graph, Mark, Place};
use crate::findings::Finding;

impl Graph {
    /// Puts a finding where it belongs: at what goes on in its line, else at what is made there, else at the processes
    /// that run the line. One that belongs nowhere in the drawing, such as a comment that suppresses nothing, is only in
    /// the list, and not even there if it lies in another file.
    pub fn mark(&mut self, finding: &Finding) {
        let file = &finding.location.file;
        let place = Place {
            file: file.name().into(),
            line: file.line_index(finding.location.span.start) as u32 + 1,
        };
        let number = self.findings.len();
        let mut is_placed = false;
        for edge in self.edges.iter_mut().filter(|edge| edge.places.contains(&place)) {
            edge.findings.push(number);
            is_placed = true;
        }
        if !is_placed {
            let is_made_here = self.nodes.iter().any(|node| node.made.as_ref() == Some(&place));
            for node in &mut self.nodes {
                let concerns = match is_made_here {
                    true => node.made.as_ref() == Some(&place),
                    false => node.lines.contains(&place),
                };
                if concerns {
                    node.findings.push(number);
                    is_placed = true;
                }
            }
        }
        if is_placed || place.file.as_ref() == self.program {
            self.findings.push(Mark {
                code: finding.rule.code,
                severity: finding.severity,
                message: finding.message.clone(),
                place,
            });
        }
    }
}
