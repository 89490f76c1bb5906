export type { DecodeSafetensorsOptions, Safetensors } from './decode-safetensors.ts';
export { decodeSafetensors } from './decode-safetensors.ts';
export { encodeSafetensors } from './encode-safetensors.ts';
