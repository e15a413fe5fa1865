// Says in every answer where it was made.

/** @type {import('headgate').Plugin} */
module.exports = {
  name: 'add-header',
  http: (next) => async (request) => {
    const answer = await next(request);
    return { ...answer, headers: { ...answer.headers, 'x-served-by': process.env.REGION ?? 'nowhere' } };
  },
};
