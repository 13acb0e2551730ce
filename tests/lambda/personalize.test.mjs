// The function for pages, run as CloudFront runs it: strict, by moments, with headers and cookies as it hands them over.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const file = new URL('../../src/component/edge_functions/personalize.js', import.meta.url);
const source = readFileSync(file, 'utf8');
const handler = new Function(`'use strict';\n${source}\nreturn handler;`)();

const values = (map) => Object.fromEntries(Object.entries(map).map(([name, value]) => [name, { value }]));

function asks({ ip = '203.0.113.7', headers = {}, cookies = {} } = {}) {
    const request = { method: 'GET', uri: '/', headers: values(headers), cookies: values(cookies) };
    return handler({ version: '1.0', context: { eventType: 'viewer-request' }, viewer: { ip }, request });
}

function answered(request, ip = '203.0.113.7') {
    const response = { statusCode: 200, headers: {}, cookies: {} };
    return handler({ version: '1.0', context: { eventType: 'viewer-response' }, viewer: { ip }, request, response });
}

const group = (request) => request.headers['x-experiment-group'].value;
const country = (request) => request.headers['x-viewer-country'].value;

test('it fits into what CloudFront takes', () => assert.ok(Buffer.byteLength(source) <= 10240));

test('a viewer has one group, and all viewers have about half of each', () => {
    const drawn = Array.from({ length: 4000 }, (_, at) => group(asks({ ip: `198.51.${at >> 8}.${at & 255}` })));
    const share = drawn.filter((one) => one === 'a').length / drawn.length;
    assert.ok(share > 0.45 && share < 0.55, String(share));
    assert.equal(group(asks()), group(asks()));
});

test('the browser is told the group that the page was made for, once', () => {
    const request = asks();
    const { cookies } = answered(request);
    assert.equal(cookies.experiment_group.value, group(request));
    assert.match(cookies.experiment_group.attributes, /^Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax$/);
    const bare = { headers: {}, cookies: {} };
    assert.equal(answered(bare).cookies.experiment_group.value, group(request), 'also when the answer is seen beside the original request');
    const again = asks({ cookies: { experiment_group: group(request) } });
    assert.deepEqual(answered(again).cookies, {});
});

test('a remembered group holds in another network, and a made-up one does not', () => {
    for (const one of ['a', 'b']) {
        assert.equal(group(asks({ ip: '192.0.2.99', cookies: { experiment_group: one } })), one);
    }
    const request = asks({ cookies: { experiment_group: 'admin' } });
    assert.ok(['a', 'b'].includes(group(request)));
    assert.ok(answered(request).cookies.experiment_group);
});

test('the country is the chosen one, else that of the request, else none', () => {
    const found = { 'cloudfront-viewer-country': 'DE' };
    assert.equal(country(asks({ headers: found })), 'DE');
    assert.equal(country(asks({ headers: found, cookies: { country: 'at' } })), 'AT');
    assert.equal(country(asks({ headers: found, cookies: { country: '<script>' } })), 'DE');
    assert.equal(country(asks()), 'ZZ');
});

test('nobody chooses by a header of his own', () => {
    const request = asks({ headers: { 'x-experiment-group': 'c', 'x-viewer-country': 'XX' } });
    assert.ok(['a', 'b'].includes(group(request)));
    assert.equal(country(request), 'ZZ');
});
