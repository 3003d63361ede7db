/* compiler_catalog.c - what compiling looks up in the catalogue. Declared in compiler.h. */
#include "base/arena.h"
#include "models/compiler.h"

#include <math.h>

void compiler_catalog_fault(struct compiler *c, const struct node *node, const char *path,
                            struct error *err)
{
    if (node) err->place = node->place;
    diagnostics_add_error(c->diagnostics, path, err);
}

const struct catalog_profile *compiler_profile(struct compiler *c, const struct node *node,
                                               const char *path, const char *name)
{
    const struct catalog_profile *profile = NULL;
    struct error err;
    if (catalog_profile(c->catalog, name, c->current->type->name, &profile, &err)) return profile;
    compiler_catalog_fault(c, node, path, &err);
    return NULL;
}

static bool number(struct compiler *c, const char *id, double *value)
{
    struct error err;
    if (catalog_number(c->catalog, id, c->plan->region, value, &err)) return true;
    compiler_catalog_fault(c, c->current ? c->current->node : NULL, c->current_path, &err);
    return false;
}

double compiler_number(struct compiler *c, const struct catalog_profile *profile,
                       const char *parameter, double fallback)
{
    const char *id = catalog_profile_entry(profile, parameter);
    double value = fallback;
    if (id) number(c, id, &value);
    return value;
}

const char *compiler_machine(struct compiler *c, const struct catalog_profile *profile,
                             const char *parameter, const char *fallback)
{
    const char *id = catalog_profile_entry(profile, parameter);
    const char *name = fallback;
    struct error err;
    if (!id || catalog_machine(c->catalog, id, c->plan->region, &name, &err)) return name;
    compiler_catalog_fault(c, c->current ? c->current->node : NULL, c->current_path, &err);
    return NULL;
}

double compiler_number_required(struct compiler *c, const struct catalog_profile *profile,
                                const char *parameter)
{
    const char *id = catalog_profile_entry(profile, parameter);
    double value = (double)NAN;
    if (id)
        number(c, id, &value);
    else
        compiler_fault(c, c->current ? c->current->node : NULL, c->current_path,
                       "the catalogue does not say '%s', which is needed here", parameter);
    return value;
}

bool compiler_law(struct compiler *c, const struct catalog_profile *profile, const char *parameter,
                  struct distribution *out)
{
    const char *id = catalog_profile_entry(profile, parameter);
    return id && compiler_law_of(c, id, out);
}

const struct price *compiler_price(struct compiler *c, const struct catalog_profile *profile,
                                   const char *parameter)
{
    const char *id = catalog_profile_entry(profile, parameter);
    return id ? compiler_price_of(c, id) : NULL;
}

const struct price *compiler_price_of(struct compiler *c, const char *id)
{
    struct price *price = arena_new_item(c->arena, struct price);
    struct error err;
    if (catalog_price(c->catalog, id, c->plan->region, price, &err)) return price;
    compiler_catalog_fault(c, c->current ? c->current->node : NULL, c->current_path, &err);
    return NULL;
}

double compiler_number_of(struct compiler *c, const char *id)
{
    double value = 0;
    number(c, id, &value);
    return value;
}

bool compiler_law_of(struct compiler *c, const char *id, struct distribution *out)
{
    struct error err;
    if (catalog_distribution(c->catalog, id, c->plan->region, out, &err)) return true;
    compiler_catalog_fault(c, c->current ? c->current->node : NULL, c->current_path, &err);
    return false;
}
