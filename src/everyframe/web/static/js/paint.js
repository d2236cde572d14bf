// Drawing a picture onto a canvas: as it is, or blurred past recognition, in colour or grey.

const BLUR_SIDE = 12; // what is left of a blurred picture
const STEPS = [BLUR_SIDE, 36];

let scratch = [];

function small(bitmap, side, n) {
  const scale = side / Math.max(bitmap.width, bitmap.height);
  const canvas = (scratch[n] ??= document.createElement("canvas"));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "medium";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Give the place of a picture inside a box in whole pixels, never larger than ``most`` times its own size. */
export function contain(picture, box, most = Infinity) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height, most);
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  return { x: Math.floor((box.width - width) / 2), y: Math.floor((box.height - height) / 2), width, height };
}

/** Draw a bitmap into a place of a canvas context. */
export function paint(pen, bitmap, place, { blur, grey }) {
  let from = bitmap;
  if (blur) for (const [n, side] of STEPS.entries()) from = small(from, side, n);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(from, place.x, place.y, place.width, place.height);
  if (!grey) return;
  pen.globalCompositeOperation = "saturation";
  pen.fillStyle = "#808080";
  pen.fillRect(place.x, place.y, place.width, place.height);
  pen.globalCompositeOperation = "source-over";
}
