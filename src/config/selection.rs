//! Which rules a project wants.

use super::Origin;

/// What one source (a file, the command line) says about rules. Selectors are codes (`MP401`), beginnings of codes (`MP4`),
/// names of rules (`join-before-drain`) or `ALL`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SelectionLayer {
    /// These rules and, of what earlier layers said, nothing; absent where the layer does not begin anew.
    pub select: Option<Vec<String>>,
    /// These besides.
    pub extend_select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
    /// The source.
    pub origin: Origin,
}

/// All that was said about rules, in the order in which it counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Selection {
    /// The layers, the strongest last.
    pub layers: Vec<SelectionLayer>,
}

impl Default for Selection {
    fn default() -> Self {
        let all = SelectionLayer {
            select: Some(vec!["ALL".to_owned()]),
            ..SelectionLayer::default()
        };
        Self { layers: vec![all] }
    }
}

impl Selection {
    /// Whether a rule is wanted. In a layer the more specific selector decides, and among equals `ignore`; a later layer
    /// decides over an earlier one, so that `--select MP401` brings back what a file ignores.
    #[must_use]
    pub fn selects(&self, code: &str, name: &str) -> bool {
        let best = |selectors: &[String]| selectors.iter().filter_map(|s| specificity(s, code, name)).max();
        let mut selected = false;
        for layer in &self.layers {
            let wanted = best(layer.select.as_deref().unwrap_or_default()).max(best(&layer.extend_select));
            let unwanted = best(&layer.ignore);
            if layer.select.is_some() {
                selected = false;
            }
            if wanted.is_some() || unwanted.is_some() {
                selected = wanted > unwanted;
            }
        }
        selected
    }

    pub(super) fn push(&mut self, layer: SelectionLayer) {
        if layer.select.is_some() || !layer.extend_select.is_empty() || !layer.ignore.is_empty() {
            self.layers.push(layer);
        }
    }
}

/// How exactly a selector names a rule; `None` where it does not. No two rules differ in case only, so `mp401` can mean
/// nothing but `MP401`, as it does in a suppression.
pub(super) fn specificity(selector: &str, code: &str, name: &str) -> Option<usize> {
    let begins = |code: &str| {
        code.get(..selector.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(selector))
    };
    if selector.eq_ignore_ascii_case("ALL") {
        Some(0)
    } else if selector.eq_ignore_ascii_case(name) || selector.eq_ignore_ascii_case(code) {
        Some(usize::MAX)
    } else if !selector.is_empty() && begins(code) {
        Some(selector.len())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(select: Option<&str>, extend: &str, ignore: &str) -> SelectionLayer {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        SelectionLayer {
            select: select.map(words),
            extend_select: words(extend),
            ignore: words(ignore),
            origin: Origin::Default,
        }
    }

    #[test]
    fn the_more_specific_and_the_later_win() {
        let cases: &[(&[SelectionLayer], &str, &str)] = &[
            (&[], "MP101 MP401 MP402", ""),
            (&[layer(Some("MP4"), "", "")], "MP401 MP402", "MP101"),
            (&[layer(Some("MP4"), "", "MP402")], "MP401", "MP101 MP402"),
            (&[layer(Some("MP402"), "", "MP4")], "MP402", "MP101 MP401"),
            (
                &[layer(None, "", "MP4"), layer(Some("MP401"), "", "")],
                "MP401",
                "MP101 MP402",
            ),
            (&[layer(None, "", "ALL")], "", "MP101 MP401 MP402"),
            (
                &[layer(None, "", "MP4"), layer(None, "MP401", "")],
                "MP101 MP401",
                "MP402",
            ),
            (&[layer(None, "", "rule-401")], "MP101 MP402", "MP401"),
            (&[layer(Some("rule-401"), "MP1", "")], "MP101 MP401", "MP402"),
            (&[layer(Some("MP4"), "", "MP4")], "", "MP101 MP401 MP402"),
            (&[layer(Some("mp4"), "Rule-101", "mp402")], "MP101 MP401", "MP402"),
            (&[layer(None, "", "all")], "", "MP101 MP401 MP402"),
            (&[layer(Some(""), "", "")], "", "MP101 MP401 MP402"),
        ];
        for (layers, on, off) in cases {
            let mut selection = Selection::default();
            for layer in *layers {
                // Not through `push`: an empty `select` is a layer too.
                selection.layers.push(layer.clone());
            }
            for (codes, expected) in [(on, true), (off, false)] {
                for code in codes.split_whitespace() {
                    let name = code.replace("MP", "rule-");
                    assert_eq!(selection.selects(code, &name), expected, "{code} by {layers:?}");
                }
            }
        }
    }
}
