/**
 * The engine cuts a long line into pieces. They are one line again before anything is read in it or masked.
 */

/** Bytes of a piece: Docker's buffer, and the kubelet's limit for containerd. Only the last piece is shorter. */
export const pieceBytes = 16_384;

/** Most of a line that is kept, in bytes; what is beyond is cut off, in both agents and in Loki. */
export const maxLineBytes = 262_144;

/** Length of a piece in base64, of which the collector can tell bytes. */
export const pieceBase64 = Math.ceil(pieceBytes / 3) * 4;

/** Pieces of a line that the collector holds before it goes on without the rest: 16 MiB. */
export const maxPieces = 1_024;
