/** Files to take home: an array as numpy reads it, and the lines of Python that make a picture. */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]; // \x93NUMPY, version 1.0
const BLOCK = 64; // bytes that the header fills whole numbers of

/** Numbers (D) as an .npy file of float32. @param {number[]} values */
export function npy(values) {
  const facts = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length},), }`;
  const room = BLOCK - ((MAGIC.length + 2 + facts.length + 1) % BLOCK);
  const header = `${facts}${" ".repeat(room % BLOCK)}\n`;
  const size = new Uint8Array([header.length & 255, header.length >> 8]);
  return new Blob([new Uint8Array(MAGIC), size, header, new Float32Array(values)]);
}

/** A float32 as short as it can be read back. @param {number} value */
function short(value) {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return `${Number(text)}`;
  }
  return `${Number(value.toPrecision(9))}`;
}

/** Lines of Python that make the picture of a code from the model's checkpoint. @param {string} model @param {number[]} code */
export const lines = (model, code) =>
  `import numpy as np
from PIL import Image

from latentdemo.codes import latents
from latentdemo.store import checkpoints

z = np.array([${code.map(short).join(", ")}], np.float32)
picture = latents.decode(checkpoints.load("${model}"), z[None])[0]
Image.fromarray(picture.squeeze()).save("picture.png")`;
