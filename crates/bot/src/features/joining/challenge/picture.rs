//! Draws digits so that people read them and simple programs do not: bent, turned, struck through.
//!
//! Digits are strokes of a pen, not a font: nothing to license, and the distance to a stroke is all that
//! drawing needs. The noise is secret: whoever knew it could draw every option and compare.

use qura_domain::challenge::Digits;
use serde::{Deserialize, Serialize};

/// A picture to be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    pub digits: Digits,
    /// Decides how they are bent.
    pub noise: u64,
}

const WIDTH: usize = 300;
const HEIGHT: usize = 110;
/// The brightness of paper and of ink.
const PAPER: f32 = 238.0;
const INK: f32 = 40.0;

/// A point, in parts of a digit's box or in pixels.
type Point = (f32, f32);

impl Drawing {
    /// The picture as a PNG of a few kilobytes. Takes milliseconds of one core: not for a task that
    /// others wait for.
    ///
    /// # Errors
    /// When it cannot be encoded, which has no reason to happen.
    pub fn render(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut chance = Chance(self.noise);
        let mut strokes = Vec::new();
        for (place, digit) in self.digits.as_str().bytes().enumerate() {
            strokes.extend(written(&mut chance, digit, place, self.digits.as_str().len()));
        }
        strokes.extend((0..4).map(|_| struck(&mut chance)));
        let bend = Bend::by(&mut chance);
        let pixels = paint(&mut chance, &strokes, &bend);
        encode(&pixels)
    }
}

/// A line of the pen, in pixels.
struct Stroke {
    points: Vec<Point>,
    /// Half of its width.
    radius: f32,
}

/// One digit in its place, scaled, leaned and turned by chance.
fn written(chance: &mut Chance, digit: u8, place: usize, count: usize) -> Vec<Stroke> {
    let step = WIDTH as f32 / (count as f32 + 0.4);
    let middle =
        (step * (place as f32 + 0.7) + chance.between(-6.0, 6.0), 55.0 + chance.between(-10.0, 10.0));
    let (width, height) = (chance.between(26.0, 36.0), chance.between(50.0, 66.0));
    let (lean, turn) = (chance.between(-0.25, 0.25), chance.between(-0.35, 0.35));
    let radius = chance.between(2.2, 3.8);
    let (sine, cosine) = turn.sin_cos();
    let put = |(x, y): Point| {
        let (x, y) = ((x - 0.5 + lean * (0.5 - y)) * width, (y - 0.5) * height);
        (middle.0 + x * cosine - y * sine, middle.1 + x * sine + y * cosine)
    };
    let lines = pen(digit).into_iter();
    lines.map(|line| Stroke { points: line.into_iter().map(put).collect(), radius }).collect()
}

/// A thin curve across everything.
fn struck(chance: &mut Chance) -> Stroke {
    let (from, to) = (chance.between(10.0, 100.0), chance.between(10.0, 100.0));
    let (swing, phase) = (chance.between(6.0, 18.0), chance.between(0.0, 6.0));
    let point = |part: usize| {
        let along = part as f32 / 24.0;
        let y = from + (to - from) * along + swing * (along * 7.0 + phase).sin();
        (along * WIDTH as f32, y)
    };
    Stroke { points: (0..=24).map(point).collect(), radius: chance.between(0.6, 1.3) }
}

/// Two waves that everything is bent by.
struct Bend {
    down: (f32, f32, f32),
    across: (f32, f32, f32),
}

impl Bend {
    fn by(chance: &mut Chance) -> Self {
        let mut wave =
            |most| (chance.between(2.0, most), chance.between(0.03, 0.07), chance.between(0.0, 6.3));
        Self { down: wave(6.0), across: wave(4.0) }
    }

    fn at(&self, (x, y): Point) -> Point {
        let wave = |(height, pace, phase): (f32, f32, f32), at: f32| height * (at * pace + phase).sin();
        (x + wave(self.across, y), y + wave(self.down, x))
    }
}

/// The brightness of every pixel, row by row.
fn paint(chance: &mut Chance, strokes: &[Stroke], bend: &Bend) -> Vec<u8> {
    let mut ink = vec![0.0_f32; WIDTH * HEIGHT];
    for stroke in strokes {
        let bent: Vec<Point> = stroke.points.iter().map(|point| bend.at(*point)).collect();
        for (from, to) in bent.iter().zip(bent.iter().skip(1)) {
            draw(&mut ink, *from, *to, stroke.radius);
        }
    }
    for _ in 0..260 {
        let spot = (chance.between(0.0, WIDTH as f32), chance.between(0.0, HEIGHT as f32));
        draw(&mut ink, spot, spot, chance.between(0.3, 1.0));
    }
    // In steps of brightness: what cannot be told apart need not be stored.
    let shade = |ink: f32| ((PAPER + (INK - PAPER) * ink) / 12.0).round() * 12.0;
    ink.into_iter().map(|ink| shade(ink) as u8).collect()
}

/// Inks every pixel that is near the line, the edge softly.
fn draw(ink: &mut [f32], from: Point, to: Point, radius: f32) {
    let reach = radius + 1.0;
    let columns = range(from.0.min(to.0) - reach, from.0.max(to.0) + reach, WIDTH);
    for y in range(from.1.min(to.1) - reach, from.1.max(to.1) + reach, HEIGHT) {
        for x in columns.clone() {
            let far = distance((x as f32 + 0.5, y as f32 + 0.5), from, to);
            if let Some(pixel) = ink.get_mut(y * WIDTH + x) {
                *pixel = pixel.max((reach - far).clamp(0.0, 1.0));
            }
        }
    }
}

fn range(from: f32, to: f32, most: usize) -> std::ops::Range<usize> {
    // Saturates at zero.
    (from.floor() as usize).min(most)..(to.ceil() as usize).min(most)
}

/// From a point to the nearest point of a line.
fn distance((x, y): Point, from: Point, to: Point) -> f32 {
    let (along, down) = (to.0 - from.0, to.1 - from.1);
    let length = along * along + down * down;
    let part = match length > 0.0 {
        true => (((x - from.0) * along + (y - from.1) * down) / length).clamp(0.0, 1.0),
        false => 0.0,
    };
    (x - from.0 - part * along).hypot(y - from.1 - part * down)
}

fn encode(pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(picture)
}

/// How a digit is written: lines of the pen in a box whose sides are 1, from the upper left.
fn pen(digit: u8) -> Vec<Vec<Point>> {
    match digit {
        b'0' => vec![arc((0.5, 0.5), (0.46, 0.5), 0.0, 360.0)],
        b'1' => vec![vec![(0.2, 0.22), (0.55, 0.0), (0.55, 1.0)], vec![(0.25, 1.0), (0.85, 1.0)]],
        b'2' => {
            vec![joined(&[arc((0.48, 0.28), (0.44, 0.28), 190.0, 380.0), vec![(0.04, 1.0), (0.96, 1.0)]])]
        }
        b'3' => {
            vec![arc((0.45, 0.26), (0.42, 0.26), 200.0, 450.0), arc((0.45, 0.74), (0.47, 0.26), 270.0, 515.0)]
        }
        b'4' => vec![vec![(0.68, 1.0), (0.68, 0.0), (0.02, 0.68), (0.98, 0.68)]],
        b'5' => vec![joined(&[
            vec![(0.88, 0.0), (0.18, 0.0), (0.12, 0.45)],
            arc((0.46, 0.68), (0.46, 0.32), 225.0, 510.0),
        ])],
        b'6' => vec![joined(&[
            vec![(0.78, 0.0), (0.3, 0.3), (0.08, 0.66)],
            arc((0.5, 0.68), (0.42, 0.32), 180.0, 540.0),
        ])],
        b'7' => vec![vec![(0.04, 0.0), (0.96, 0.0), (0.38, 1.0)], vec![(0.3, 0.5), (0.82, 0.5)]],
        b'8' => vec![arc((0.5, 0.25), (0.36, 0.25), 0.0, 360.0), arc((0.5, 0.74), (0.45, 0.26), 0.0, 360.0)],
        b'9' => vec![joined(&[
            arc((0.5, 0.32), (0.42, 0.32), 0.0, 360.0),
            vec![(0.92, 0.34), (0.7, 0.7), (0.22, 1.0)],
        ])],
        _ => Vec::new(),
    }
}

/// Part of an ellipse, by degrees from the right, clockwise.
fn arc(middle: Point, radius: Point, from: f32, to: f32) -> Vec<Point> {
    let parts = 20;
    let point = |part: i32| {
        let (sine, cosine) = (from + (to - from) * part as f32 / parts as f32).to_radians().sin_cos();
        (middle.0 + radius.0 * cosine, middle.1 + radius.1 * sine)
    };
    (0..=parts).map(point).collect()
}

/// Lines written without lifting the pen.
fn joined(lines: &[Vec<Point>]) -> Vec<Point> {
    lines.concat()
}

/// Numbers that follow from the noise (SplitMix64).
struct Chance(u64);

impl Chance {
    fn between(&mut self, least: f32, most: f32) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        // 24 bits, which is what an f32 holds exactly.
        least + (most - least) * ((bits >> 40) as f32 / (1u32 << 24) as f32)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn drawing(digits: &str, noise: u64) -> Drawing {
        Drawing { digits: serde_json::from_value(digits.into()).unwrap(), noise }
    }

    /// How many pixels are darker than the middle.
    fn dark(picture: &[u8]) -> usize {
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width as usize, info.height as usize), (WIDTH, HEIGHT));
        pixels.into_iter().filter(|pixel| *pixel < 140).count()
    }

    #[test]
    fn every_digit_is_a_small_picture_with_ink() {
        for digit in '0'..='9' {
            let picture = drawing(&digit.to_string().repeat(5), 7).render().unwrap();
            assert!(picture.len() < 30_000, "{digit}: {} bytes", picture.len());
            let dark = dark(&picture);
            assert!((1_500..12_000).contains(&dark), "{digit}: {dark} dark pixels");
        }
    }

    #[test]
    fn the_noise_decides_and_nothing_else() {
        let one = drawing("48151", 1);
        assert_eq!(one.render().unwrap(), one.render().unwrap());
        assert_ne!(one.render().unwrap(), drawing("48151", 2).render().unwrap());
        assert_ne!(one.render().unwrap(), drawing("48152", 1).render().unwrap());
    }

    #[test]
    fn a_picture_is_drawn_within_20_ms() {
        let drawings: Vec<Drawing> = (0..20).map(|noise| drawing("90817", noise)).collect();
        // The fastest of some: others may be using the cores.
        let took = drawings.iter().map(|drawing| {
            let begun = Instant::now();
            drawing.render().unwrap();
            begun.elapsed()
        });
        let took = took.min().unwrap();
        // Without optimisation it is some ten times slower.
        let most = if cfg!(debug_assertions) { 200 } else { 20 };
        assert!(took.as_millis() < most, "{took:?}");
    }
}
