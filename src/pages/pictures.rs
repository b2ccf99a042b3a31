//! Pictures that templates ask about: how large they are and of which kind.

use std::io::Cursor;
use std::sync::Arc;

use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::list::grouped;
use super::question::Answer;
use crate::address::Address;
use crate::config::slug_of;
use crate::diagnostic::with_hint;
use crate::maps::HashSet;
use crate::site::pictures::{Fitting, Format, Picture, Steps};
use crate::site::{Site, addresses};
use crate::value::{Hash, Value};

/// Pictures with more pixels are neither read nor made, for each takes four bytes or more.
pub const PIXELS_MAX: u64 = 120_000_000;

/// The pictures that one page asks for have so many pixels at most, or a loop over widths would make
/// a build of hours. 500 photographs, each in widths of 480, 960 and 1,920 pixels, have 1,600 million.
const WRITTEN_MAX: u64 = 2_000_000_000;

/// They are made of so many pixels at most. Each reads its photograph anew: if those 500 are of 24
/// million pixels, they take 36,000 million.
const READ_MAX: u64 = 40_000_000_000;

/// The smallest picture counts as so many pixels, for a file is written of it as well.
const PIXELS_MIN: u64 = 100_000;

/// What a template wants of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resize {
    pub fitting: Fitting,
    /// Nothing: as PNG if the picture is one, else as JPEG.
    pub format: Option<Format>,
    pub quality_of_jpeg: u8,
}

/// Where the picture will stand and how large it will be. It is made later.
pub fn resized(
    site: &Site,
    file: &Arc<str>,
    (picture, digest): (&Value, &Value),
    resize: Resize,
) -> Answer {
    let side = |name: &str| {
        let side = picture.get(name).and_then(Value::as_int);
        side.and_then(|side| u32::try_from(side).ok()).unwrap_or(1)
    };
    let (width, height) = (side("width"), side("height"));
    let own_format = picture.text_of("format");
    if matches!(own_format, "svg" | "avif") {
        return Err(with_hint(
            format_args!(
                "`{file}` is {}, which cannot be resized",
                own_format.to_uppercase()
            ),
            "use it as it is, or a PNG, JPEG, WebP or GIF",
        ));
    }
    let format = resize.format.unwrap_or(match own_format {
        "png" => Format::Png,
        _ => Format::Jpeg {
            quality: resize.quality_of_jpeg,
        },
    });
    let steps = Steps::of(resize.fitting, (width, height));
    check_size(steps.size, format).map_err(|reason| {
        let hint = "state a smaller `width` or `height`";
        with_hint(
            reason,
            format_args!("{hint}; `{file}` has {width} × {height} pixels"),
        )
    })?;
    let digest = u128::from_str_radix(digest.as_str().unwrap_or_default(), 16);
    let digest = Hash(digest.map_err(|error| error.to_string())?);
    let all = format!("{:032x} {steps:?} {format:?}", digest.0);
    let name = file.rsplit_once('/').map_or(&**file, |(_, name)| name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let name = format!(
        "processed_images/{}.{:016x}.{}",
        slug_of(stem),
        Hash::of(all.as_bytes()).0 >> 64,
        format.ending()
    );
    let address = Address::file(&name);
    let url = addresses::permalink(&site.config, &address);
    site.pictures.put(
        address,
        Picture {
            file: file.clone(),
            digest,
            steps,
            format,
        },
    );
    let number = |side: u32| Value::from(i64::from(side));
    Ok(Value::map([
        ("url", Value::from(url)),
        ("static_path", format!("static/{name}").into()),
        ("width", number(steps.size.0)),
        ("height", number(steps.size.1)),
        ("orig_width", number(width)),
        ("orig_height", number(height)),
    ]))
}

/// The pictures that one page asked for, each once however often it did.
#[derive(Debug, Default)]
pub struct Budget {
    counted: HashSet<Box<str>>,
    written: u64,
    read: u64,
}

impl Budget {
    /// Counts a picture, an answer of [`resized`].
    ///
    /// # Errors
    /// That these are too many for one page, in words.
    pub fn count(&mut self, picture: &Value) -> Result<(), String> {
        let side = |name: &str| {
            let side = picture.get(name).and_then(Value::as_int);
            side.and_then(|side| u64::try_from(side).ok()).unwrap_or(1)
        };
        if !self.counted.insert(picture.text_of("static_path").into()) {
            return Ok(());
        }
        let (width, height) = (side("orig_width"), side("orig_height"));
        self.written += (side("width") * side("height")).max(PIXELS_MIN);
        self.read += (width * height).max(PIXELS_MIN);
        let millions =
            |pixels: u64| grouped(usize::try_from(pixels / 1_000_000).unwrap_or(usize::MAX));
        if self.written > WRITTEN_MAX {
            return Err(with_hint(
                format_args!(
                    "the pictures that this page asks for have more than {} million pixels in all",
                    millions(WRITTEN_MAX)
                ),
                "ask for fewer or smaller pictures, or show them on several pages",
            ));
        }
        if self.read > READ_MAX {
            return Err(with_hint(
                format_args!(
                    "the pictures that this page asks for are made of more than {} million pixels in all",
                    millions(READ_MAX)
                ),
                format_args!(
                    "ask for fewer pictures, show them on several pages, or save the photographs \
                     smaller: this one has {width} × {height} pixels"
                ),
            ));
        }
        Ok(())
    }
}

/// Refuses sizes that no picture of a format can have, or that would take all memory.
fn check_size((width, height): (u32, u32), format: Format) -> Result<(), String> {
    let side_max = match format {
        Format::WebP { .. } => 16_383,
        Format::Jpeg { .. } | Format::Avif { .. } => 65_535,
        Format::Png => u32::MAX,
    };
    let ending = format.ending();
    if width.max(height) > side_max {
        return Err(format!(
            "the size would be {width} × {height}, and a side of a `{ending}` has at most {side_max} pixels"
        ));
    }
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        let millions = PIXELS_MAX / 1_000_000;
        return Err(format!(
            "the size would be {width} × {height}, which is more than {millions} million pixels"
        ));
    }
    Ok(())
}

/// `{width, height, format, mime}`, read out of the first bytes; a photo that lies on its side is
/// measured as it is shown.
pub fn metadata(path: &str, bytes: &[u8]) -> Result<Value, String> {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let (size, format, mime) = match ending.to_ascii_lowercase().as_str() {
        "svg" => (svg_size(bytes)?, "svg", "text/svg+xml"),
        "avif" => (avif_size(bytes)?, "avif", "image/avif"),
        _ => {
            let (size, format) = raster_size(bytes)?;
            let name = format.extensions_str().first().copied().unwrap_or_default();
            (size, name, format.to_mime_type())
        }
    };
    let (width, height) = size;
    Ok(Value::map([
        ("width", Value::from(i64::from(width))),
        ("height", i64::from(height).into()),
        ("format", format.into()),
        ("mime", mime.into()),
    ]))
}

/// Width and height, and the format that the bytes themselves tell.
fn raster_size(bytes: &[u8]) -> Result<((u32, u32), ImageFormat), String> {
    let reader = ImageReader::new(Cursor::new(bytes));
    let reader = reader.with_guessed_format().map_err(|e| e.to_string())?;
    let Some(format) = reader.format() else {
        return Err("it is none of JPEG, PNG, WebP, GIF, SVG and AVIF".to_owned());
    };
    let mut decoder = reader.into_decoder().map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let size = match is_on_its_side(orientation) {
        true => (height, width),
        false => (width, height),
    };
    Ok((size, format))
}

fn is_on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(
        orientation,
        Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH
    )
}

fn avif_size(bytes: &[u8]) -> Result<(u32, u32), String> {
    let size = imagesize::blob_size(bytes).map_err(|error| error.to_string())?;
    let number = |length: usize| u32::try_from(length).map_err(|error| error.to_string());
    Ok((number(size.width)?, number(size.height)?))
}

/// `width` and `height` of the outermost element, else those of its `viewBox`.
fn svg_size(bytes: &[u8]) -> Result<(u32, u32), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) | Event::Empty(start) => {
                if start.local_name().as_ref() != "svg" {
                    return Err("its outermost element is not `<svg>`".to_owned());
                }
                return size_of(&start);
            }
            Event::Eof => return Err("there is no `<svg>` in it".to_owned()),
            _ => {}
        }
    }
}

fn size_of(svg: &BytesStart<'_>) -> Result<(u32, u32), String> {
    let attribute = |name: &str| {
        let found = svg.try_get_attribute(name).ok().flatten()?;
        Some(found.value.into_owned())
    };
    let length = |name: &str| attribute(name).and_then(|text| pixels(&text));
    if let (Some(width), Some(height)) = (length("width"), length("height")) {
        return Ok((width, height));
    }
    let view_box = attribute("viewBox").unwrap_or_default();
    let numbers: Vec<&str> = view_box
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|part| !part.is_empty())
        .collect();
    match numbers[..] {
        [_, _, width, height] => pixels(width).zip(pixels(height)),
        _ => None,
    }
    .ok_or_else(|| "its `<svg>` has neither `width` and `height` nor a `viewBox`".to_owned())
}

/// A length without its unit; a part of the surroundings (`100%`) is none.
fn pixels(text: &str) -> Option<u32> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    if unit.starts_with('%') {
        return None;
    }
    let number: f64 = number.parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "digits and a point make no negative number, and what is too large is cut"
    )]
    Some(number as u32)
}
