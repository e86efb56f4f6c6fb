/* datum_reader.h: `read`. */
#ifndef OMNI_DATUM_READER_H
#define OMNI_DATUM_READER_H

#include "port.h"

/* The next datum from an open textual input port, all of it fresh, or OMNI_EOF. Fails with a read-error for
 * anything else. Takes the same steps as the reference interpreter's datum_reader.py, so that an error
 * leaves the port at the same place. */
omni_result omni_datum_read(omni_context *ctx, omni_port *port);

#endif
