// Runs before the cache is asked and before the answer leaves. The first tells the app which page is wanted: by experiment and by country.
// The second has the browser remember its group, so that a user who moves to another network sees the same page again.

const COOKIE = 'experiment_group';
const GROUPS = ['a', 'b'];
const DAYS = 30;

// FNV-1a: the same viewer gets the same group without anything being stored, and at both moments alike.
function drawn(event) {
    const agent = event.request.headers['user-agent'];
    const viewer = event.viewer.ip + '|' + (agent ? agent.value : '');
    let hash = 0x811c9dc5;
    for (let at = 0; at < viewer.length; at++) {
        hash = Math.imul(hash ^ viewer.charCodeAt(at), 0x01000193);
    }
    hash ^= hash >>> 16;
    return GROUPS[(hash >>> 0) % GROUPS.length];
}

// What the browser remembers, if it is a group that there is.
function remembered(request) {
    const cookie = request.cookies[COOKIE];
    return cookie && GROUPS.indexOf(cookie.value) >= 0 ? cookie.value : null;
}

// What the user chose wins over where the request comes from; ZZ is no country's code.
function country(request) {
    const chosen = request.cookies.country;
    if (chosen && /^[A-Za-z]{2}$/.test(chosen.value)) {
        return chosen.value.toUpperCase();
    }
    const found = request.headers['cloudfront-viewer-country'];
    return found ? found.value : 'ZZ';
}

function handler(event) {
    const request = event.request;
    const group = remembered(request) || drawn(event);
    if (event.context.eventType === 'viewer-request') {
        // Set here whatever the viewer sent: nobody draws a group or a country for himself by a header.
        request.headers['x-experiment-group'] = { value: group };
        request.headers['x-viewer-country'] = { value: country(request) };
        return request;
    }
    const response = event.response;
    if (!remembered(request)) {
        const attributes = 'Path=/; Max-Age=' + DAYS * 86400 + '; Secure; HttpOnly; SameSite=Lax';
        response.cookies[COOKIE] = { value: group, attributes: attributes };
    }
    return response;
}
