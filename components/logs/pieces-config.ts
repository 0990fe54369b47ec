/**
 * The container engine splits long lines into parts. The agents join the parts before they parse or
 * redact a line.
 */

/**
 * Size of a part in bytes: Docker's buffer size, and the kubelet's limit for containerd. Only the
 * last part is shorter.
 */
export const pieceBytes = 16_384;

/** Maximum line length in bytes. Both agents and Loki truncate longer lines. */
export const maxLineBytes = 262_144;

/** Length of a part in base64. The collector can only count bytes this way. */
export const pieceBase64 = Math.ceil(pieceBytes / 3) * 4;

/**
 * Maximum number of parts that the collector holds for one line (16 MiB). Further parts are a line
 * of their own.
 */
export const maxPieces = 1_024;
