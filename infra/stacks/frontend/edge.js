// Runs in CloudFront before each request of a page. A line with SITE, the domain or "", is put in front of it.
function handler(event) {
  const request = event.request;
  const host = request.headers.host.value.toLowerCase();
  if (SITE && host === 'www.' + SITE) {
    return redirect('https://' + SITE + request.uri + query(request.querystring));
  }
  // Whatever the visitor sent under these names is replaced.
  request.headers['x-forwarded-host'] = { value: host };
  request.headers['x-viewer-address'] = { value: event.viewer.ip };
  return request;
}

// 308, because a form that was sent must stay one.
function redirect(address) {
  return {
    statusCode: 308,
    statusDescription: 'Permanent Redirect',
    headers: { location: { value: address } },
  };
}

// Names and values come as they were sent, so they go as they are.
function query(parameters) {
  const pairs = [];
  for (const name in parameters) {
    const given = parameters[name].multiValue || [parameters[name]];
    given.forEach((one) => pairs.push(one.value === '' ? name : name + '=' + one.value));
  }
  return pairs.length ? '?' + pairs.join('&') : '';
}
