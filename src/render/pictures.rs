//! Pictures made of pictures: decoded, turned as the camera says, cut, resized, and written anew.

use std::io::Cursor;

use image::codecs::avif::AvifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageReader, Limits};

use crate::diagnostic::with_hint;
use crate::pages::files;
use crate::pages::pictures::PIXELS_MAX;
use crate::site::Site;
use crate::site::pictures::{Format, Picture};
use crate::value::Hash;

/// What decoding may take up.
const DECODED_BYTES_MAX: u64 = 1 << 30;

/// The bytes of a picture: those that an earlier build kept, or made now.
///
/// # Errors
/// Why it cannot be made, in words.
pub fn bytes(picture: &Picture, site: &Site) -> Result<Vec<u8>, String> {
    let Picture { file, digest, .. } = picture;
    let name = name(picture);
    if let Some(kept) = site.shelf.kept(&name) {
        return Ok(kept);
    }
    let source = site.shelf.read(file, files::BYTES_MAX)?;
    if Hash::of(&source) != *digest {
        return Err("it has changed since a page asked for it".into());
    }
    let made = make(&source, picture).map_err(|error| format!("cannot resize it: {error}"))?;
    site.shelf.keep(&name, &made);
    Ok(made)
}

/// What a picture is kept as: a digest of all that it is made of.
fn name(picture: &Picture) -> String {
    /// Whoever changes what is made of the same picture counts on here.
    const EDITION: u32 = 1;
    let Picture {
        digest,
        steps,
        format,
        ..
    } = picture;
    let all = format!("{EDITION} {:032x} {steps:?} {format:?}", digest.0);
    format!("{:032x}", Hash::of(all.as_bytes()).0)
}

/// Forgets the pictures that this site does not ask for. All of its pages have been made by now.
pub fn forget_others(site: &Site) {
    let names = site.pictures.list().iter().map(|(_, p)| name(p)).collect();
    site.shelf.keep_only(&names);
}

fn make(source: &[u8], picture: &Picture) -> Result<Vec<u8>, String> {
    let words = |error: image::ImageError| error.to_string();
    let mut reader = ImageReader::new(Cursor::new(source))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(words)?;
    let (width, height) = decoder.dimensions();
    let (new_width, new_height) = picture.steps.size;
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        let millions = PIXELS_MAX / 1_000_000;
        return Err(with_hint(
            format_args!("{width} × {height} pixels are too many"),
            format_args!("save it smaller: at most {millions} million pixels are read"),
        ));
    }
    let colors = decoder.icc_profile().ok().flatten();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(words)?;
    image.apply_orientation(orientation);
    if let Some((left, top, width, height)) = picture.steps.cut {
        image = image.crop_imm(left, top, width, height);
    }
    if (image.width(), image.height()) != picture.steps.size {
        image = image.resize_exact(new_width, new_height, FilterType::Lanczos3);
    }
    encode(&image, picture.format, colors).map_err(words)
}

fn encode(
    image: &DynamicImage,
    format: Format,
    colors: Option<Vec<u8>>,
) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    match format {
        Format::Png => {
            let mut encoder = PngEncoder::new(&mut bytes);
            keep_colors(&mut encoder, colors);
            image.write_with_encoder(encoder)?;
        }
        Format::Jpeg { quality } => {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
            keep_colors(&mut encoder, colors);
            // It knows neither transparency nor more than eight bits.
            match image.color().has_color() {
                true => DynamicImage::from(image.to_rgb8()).write_with_encoder(encoder)?,
                false => DynamicImage::from(image.to_luma8()).write_with_encoder(encoder)?,
            }
        }
        Format::WebP { quality: None } => {
            let mut encoder = WebPEncoder::new_lossless(&mut bytes);
            // What is grey becomes coloured, and is no longer what was described.
            keep_colors(&mut encoder, colors.filter(|_| image.color().has_color()));
            match image.color().has_alpha() {
                true => DynamicImage::from(image.to_rgba8()).write_with_encoder(encoder)?,
                false => DynamicImage::from(image.to_rgb8()).write_with_encoder(encoder)?,
            }
        }
        Format::WebP {
            quality: Some(quality),
        } => {
            let (width, height) = (image.width(), image.height());
            let made = match image.color().has_alpha() {
                true => webp::Encoder::from_rgba(&image.to_rgba8(), width, height)
                    .encode(f32::from(quality)),
                false => webp::Encoder::from_rgb(&image.to_rgb8(), width, height)
                    .encode(f32::from(quality)),
            };
            bytes.extend_from_slice(&made);
        }
        // It has eight bits, and no way yet to say what the colours mean.
        Format::Avif { quality, speed } => {
            let encoder = AvifEncoder::new_with_speed_quality(&mut bytes, speed, quality);
            match image.color().has_alpha() {
                true => DynamicImage::from(image.to_rgba8()).write_with_encoder(encoder)?,
                false => DynamicImage::from(image.to_rgb8()).write_with_encoder(encoder)?,
            }
        }
    }
    Ok(bytes)
}

/// What the colours of a picture mean; a format that cannot say it goes without.
fn keep_colors(encoder: &mut impl ImageEncoder, colors: Option<Vec<u8>>) {
    if let Some(colors) = colors {
        let _ = encoder.set_icc_profile(colors);
    }
}
