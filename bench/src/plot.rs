//! Plots: answers a second over connections, as SVG.

use std::path::Path;

use anyhow::Result;
use plotters::prelude::*;

/// One line of a plot.
pub struct Line {
    pub name: &'static str,
    pub color: RGBColor,
    /// A second for each number of connections; a gap where it was not measured.
    pub rates: Vec<Option<f64>>,
}

const SIZE: (u32, u32) = (640, 320);
const FONT: (&str, u32) = ("sans-serif", 14);

/// Draws lines over the numbers of connections, which stand at equal distances.
pub fn draw(path: &Path, title: &str, connections: &[u32], lines: &[Line]) -> Result<()> {
    let most =
        lines.iter().flat_map(|line| line.rates.iter().flatten()).fold(0.0, |a: f64, &b| a.max(b));
    let last = connections.len().saturating_sub(1).max(1);
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(format!("{title}, per second"), ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d(0..last, 0.0..most * 1.1)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_labels(connections.len())
        .x_label_formatter(&|at| connections.get(*at).map_or_else(String::new, u32::to_string))
        .y_label_formatter(&|rate| format!("{rate:.0}"))
        .x_desc("connections")
        .label_style(FONT)
        .draw()?;
    for line in lines {
        let points = || {
            let known = line.rates.iter().enumerate();
            known.filter_map(|(at, rate)| rate.map(|rate| (at, rate)))
        };
        let color = line.color;
        chart
            .draw_series(LineSeries::new(points(), color.stroke_width(2)))?
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
        chart.draw_series(points().map(|point| Circle::new(point, 3, color.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.8))
        .border_style(RGBColor(225, 225, 225))
        .label_font(FONT)
        .draw()?;
    area.present()?;
    Ok(())
}
