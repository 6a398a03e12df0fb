/** The room and the colours of what is drawn in a terminal. */
import type { Colors } from 'picocolors/types.js';

/** How a picture or a listing is drawn. */
export interface PictureStyle {
  /** Columns. */
  readonly width: number;
  readonly colors: Colors;
  /** ASCII alone, in tables: what is drawn elsewhere keeps its width when it is spelled afterwards. */
  readonly ascii?: boolean | undefined;
}
