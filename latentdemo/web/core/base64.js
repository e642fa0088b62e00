/** Arrays as Python sends them in text: little-endian, base64. */

/** @param {string} text */
export const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

/** @param {string} text */
export const floats = text => new Float32Array(bytes(text).buffer);
