// Tells clients in other words that something is not there.

/** @type {import('headgate').Plugin} */
module.exports = {
  name: 'change-an-error',
  ready: (next) => async (ready, call) => {
    const outcome = await next(ready, call);
    if (outcome.errors.length === 0) return outcome;
    // An outcome may be another client's as well: what changes is made anew.
    return { ...outcome, errors: outcome.errors.map(changed) };
  },
};

function changed(error) {
  if (error.extensions?.code !== 'PRODUCT_UNKNOWN') return error;
  const { path, extensions } = error;
  return { message: 'We do not sell this any more.', path, extensions: { ...extensions, code: 'NOT_FOUND' } };
}
