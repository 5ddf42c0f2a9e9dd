//! A time line as a drawing: a row for each process, a bar for what it does, a mark for what happens.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{plain, prose};
use crate::findings::timeline::{Lane, MarkKind, PhaseKind, Timeline};

/// The drawing's measures, in units of its own; a browser makes it as wide as there is room.
const WIDTH: f64 = 1000.0;
const NAMES: f64 = 190.0;
const ENDS: f64 = 190.0;
const ROW: f64 = 34.0;
const BAR: f64 = 14.0;
const HEAD: f64 = 26.0;

/// Writes the drawing of a run, and in words below it what happened.
pub(super) fn write(out: &mut dyn Write, timeline: &Timeline) -> io::Result<()> {
    writeln!(
        out,
        "<figure class=\"timeline\">\n<figcaption>{}",
        prose(&timeline.title)
    )?;
    if let Some(stopped) = &timeline.stopped {
        write!(out, " <small>({})</small>", plain(stopped))?;
    }
    writeln!(out, "</figcaption>")?;
    let height = HEAD + ROW * timeline.lanes.len() as f64 + 6.0;
    writeln!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"time line of {} processes\">",
        timeline.lanes.len()
    )?;
    let span = timeline.seconds.max(0.001);
    let x = |at: f64| NAMES + (at / span).clamp(0.0, 1.0) * (WIDTH - NAMES - ENDS);
    scale(out, span, height, &x)?;
    for (number, lane) in timeline.lanes.iter().enumerate() {
        row(out, lane, HEAD + ROW * number as f64, &x)?;
    }
    writeln!(out, "</svg>")?;
    in_words(out, timeline)?;
    writeln!(out, "</figure>")
}

/// What the colours and marks mean.
pub(super) fn legend(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<p class=\"legend\"><svg viewBox=\"0 0 960 20\">")?;
    let bars = [
        ("created", "made, not at work yet"),
        ("running", "running"),
        ("blocked", "waiting for ever"),
    ];
    let mut left = 0.0;
    for (class, text) in bars {
        writeln!(
            out,
            "<rect class=\"{class}\" x=\"{left}\" y=\"4\" width=\"22\" height=\"12\" rx=\"2\"/><text x=\"{}\" y=\"14\">{text}</text>",
            left + 28.0
        )?;
        left += 175.0;
    }
    for (class, text) in [
        ("line", "a line of the finding"),
        ("crossing", "to or from another process"),
    ] {
        writeln!(
            out,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"10\" r=\"3\"/><text x=\"{}\" y=\"14\">{text}</text>",
            left - 16.0,
            left - 8.0
        )?;
        left += 170.0;
    }
    writeln!(
        out,
        "<path class=\"failure\" d=\"M{:.1} 6 l8 8 m0 -8 l-8 8\"/><text x=\"{}\" y=\"14\">fails</text></svg></p>",
        left - 20.0,
        left - 6.0
    )
}

/// Lines at round times.
fn scale(out: &mut dyn Write, span: f64, height: f64, x: &dyn Fn(f64) -> f64) -> io::Result<()> {
    let steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0];
    let step = steps.into_iter().find(|step| span / step <= 8.0).unwrap_or(300.0);
    let mut at = 0.0;
    while at <= span {
        let left = x(at);
        writeln!(
            out,
            "<line class=\"grid\" x1=\"{left:.1}\" y1=\"{:.0}\" x2=\"{left:.1}\" y2=\"{height:.0}\"/>\
             <text class=\"scale\" x=\"{left:.1}\" y=\"14\">{} s</text>",
            HEAD - 6.0,
            (at * 100.0).round() / 100.0
        )?;
        at += step;
    }
    Ok(())
}

fn row(out: &mut dyn Write, lane: &Lane, top: f64, x: &dyn Fn(f64) -> f64) -> io::Result<()> {
    let middle = top + ROW / 2.0;
    writeln!(
        out,
        "<text class=\"name\" x=\"4\" y=\"{:.1}\">{}</text>",
        middle - 1.0,
        plain(&shortened(&lane.name, 26))
    )?;
    if let Some(work) = &lane.work {
        writeln!(
            out,
            "<text class=\"work\" x=\"4\" y=\"{:.1}\">{}</text>",
            middle + 11.0,
            plain(&shortened(work, 30))
        )?;
    }
    let mut end = x(0.0);
    for phase in &lane.phases {
        let class = match phase.kind {
            PhaseKind::Created => "created",
            PhaseKind::Running => "running",
            PhaseKind::Blocked => "blocked",
        };
        let (left, right) = (x(phase.from), x(phase.until));
        end = end.max(right);
        writeln!(
            out,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BAR}\" rx=\"2\"><title>{}, {:.2} to {:.2} s</title></rect>",
            middle - BAR / 2.0,
            (right - left).max(1.5),
            plain(&phase.text),
            phase.from,
            phase.until
        )?;
    }
    for mark in &lane.marks {
        let left = x(mark.at);
        let class = class_of(mark.kind);
        let title = format!("<title>{:.2} s: {}</title>", mark.at, plain(&mark.text));
        match mark.kind {
            MarkKind::Failure => writeln!(
                out,
                "<path class=\"{class}\" d=\"M{:.1} {:.1} l8 8 m0 -8 l-8 8\">{title}</path>",
                left - 4.0,
                middle - 4.0
            )?,
            _ => writeln!(
                out,
                "<circle class=\"{class}\" cx=\"{left:.1}\" cy=\"{middle:.1}\" r=\"3\">{title}</circle>"
            )?,
        }
    }
    let waits = lane.phases.iter().find(|phase| phase.kind == PhaseKind::Blocked);
    if let Some(waits) = waits {
        writeln!(
            out,
            "<text class=\"work\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            end + 6.0,
            middle + 14.0,
            plain(&shortened(&waits.text, 34))
        )?;
    }
    let class = if lane.ended_well { "end" } else { "end bad" };
    writeln!(
        out,
        "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        end + 6.0,
        middle + 4.0,
        plain(&shortened(&lane.end, 34))
    )
}

fn class_of(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Crossing => "crossing",
        MarkKind::Line => "line",
        MarkKind::Failure => "failure",
    }
}

/// What the drawing shows, for those who read it.
fn in_words(out: &mut dyn Write, timeline: &Timeline) -> io::Result<()> {
    writeln!(out, "<details><summary>in words</summary>\n<ul>")?;
    for lane in &timeline.lanes {
        let mut text = format!("<li><b>{}</b>", plain(&lane.name));
        if let Some(work) = &lane.work {
            let _ = write!(text, " <code>{}</code>", plain(work));
        }
        for phase in &lane.phases {
            let _ = write!(
                text,
                "<br/>{:.2} to {:.2} s: {}",
                phase.from,
                phase.until,
                plain(&phase.text)
            );
        }
        for mark in &lane.marks {
            let _ = write!(
                text,
                "<br/><span class=\"{}\">{:.2} s: {}</span>",
                class_of(mark.kind),
                mark.at,
                plain(&mark.text)
            );
        }
        writeln!(out, "{text}<br/>{}</li>", plain(&lane.end))?;
    }
    writeln!(out, "</ul>")?;
    if !timeline.output.is_empty() {
        let lines: Vec<String> = timeline.output.iter().map(|line| plain(line)).collect();
        writeln!(out, "<pre class=\"output\">{}</pre>", lines.join("\n"))?;
    }
    writeln!(out, "</details>")
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).collect::<String>() + "…"
}
