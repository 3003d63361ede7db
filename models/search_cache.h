/* search_cache.h - measurements of searches kept on disk.
 *
 * A file a measurement, named by the SHA-256 of everything that it depends on. It ends with the
 * SHA-256 of what it holds: what is damaged, of another form or of another key is as if it were not
 * there. Failing to write one is no error: it will be measured again.
 */
#ifndef MODELS_SEARCH_CACHE_H
#define MODELS_SEARCH_CACHE_H

#include "models/search_work.h"

/* The text that identifies a measurement whose largest index has so many vectors, in the arena. */
const char *search_cache_key(struct arena *arena, const struct search_question *question,
                             size_t largest);

/* False if it is not there. `folder` NULL: there is no cache. */
bool search_cache_read(struct arena *arena, const char *folder, const char *key,
                       struct search_work *out);
void search_cache_write(const char *folder, const char *key, const struct search_work *work);

#endif
