/** A worker thread that cannot even start. */
throw new Error('broken on purpose');
