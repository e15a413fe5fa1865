import { z } from 'zod';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;

export const headerName = z.string().regex(TOKEN, 'expected the name of a header');

/** Of a header, or of a cookie (RFC 6265, section 4.1.1). */
export const tokenName = z.string().regex(TOKEN, 'expected the name of a header or a cookie');
