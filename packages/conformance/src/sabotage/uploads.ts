import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1, DeviceTensorV1, HostTensor, RunInputs } from '@etalon/spec';
import { countOf, hostTensor } from '../cases/host-tensor.ts';
import { withExecutables } from './executables.ts';

/** A tensor that was uploaded, by another one that stands for it. */
interface Upload {
  readonly inner: DeviceTensorV1;
  readonly host: HostTensor;
}

interface WrongUploads {
  /** Members of the tensor that the caller gets; the inner one's otherwise. */
  readonly tensor?: (upload: Upload) => Partial<DeviceTensorV1>;
  /** What a run is given for it; the inner tensor otherwise. */
  readonly feed?: (upload: Upload) => HostTensor | DeviceTensorV1;
  /** Called after each run with an uploaded tensor. */
  readonly after?: (upload: Upload) => void;
}

// Shared by all backends, so that a wrong one can take another's for its own.
const uploads = new WeakMap<object, Upload>();

function withUploads(backend: BackendV1, { tensor, feed, after }: WrongUploads): BackendV1 {
  const running = withExecutables(backend, (executable) => ({
    run: async (inputs, options) => {
      const used: Upload[] = [];
      const feeds: RunInputs = Object.fromEntries(
        Object.entries(inputs).map(([name, input]) => {
          const upload = uploads.get(input);
          if (upload === undefined) return [name, input];
          used.push(upload);
          return [name, feed?.(upload) ?? upload.inner];
        }),
      );
      const outputs = await executable.run(feeds, options);
      for (const upload of used) after?.(upload);
      return outputs;
    },
  }));
  return {
    ...running,
    upload: async (host) => {
      const inner = await backend.upload(host);
      const made: DeviceTensorV1 = {
        dtype: inner.dtype,
        shape: inner.shape,
        read: () => inner.read(),
        dispose: () => inner.dispose(),
        ...tensor?.({ inner, host }),
      };
      uploads.set(made, { inner, host });
      return made;
    },
  };
}

/** Wrong handling of tensors that a caller places on the device, by the name of the backend. */
export const wrongUploads: Readonly<Record<string, (backend: BackendV1) => BackendV1>> = {
  'upload-consumed-by-any-run': (backend) =>
    withUploads(backend, { after: ({ inner }) => inner.dispose() }),
  'upload-ignores-dispose': (backend) =>
    withUploads(backend, { tensor: () => ({ dispose: () => undefined }) }),
  'upload-lends-its-array': (backend) =>
    withUploads(backend, { tensor: ({ host }) => ({ read: async () => host }) }),
  'upload-survives-alias': (backend) => withUploads(backend, { feed: ({ host }) => host }),
  'upload-written-to': (backend) =>
    withUploads(backend, { after: ({ host }) => void host.data.fill(0) }),
  'upload-takes-any-data': (backend) => ({
    ...backend,
    upload: ({ dtype, shape }) =>
      backend.upload(hostTensor(dtype, shape, new Array<number>(countOf(shape)).fill(0))),
  }),
  'upload-of-bool-as-bytes': (backend) => ({
    ...backend,
    upload: ({ dtype, shape, data }) =>
      backend.upload(hostTensor(dtype === 'bool' ? 'uint8' : dtype, shape, data)),
  }),
  'upload-after-dispose': (backend) => {
    let current = backend;
    return {
      ...backend,
      upload: (tensor) => current.upload(tensor),
      dispose: async () => {
        await backend.dispose();
        current = createReferenceBackend();
      },
    };
  },
  'foreign-upload-taken': (backend) => withUploads(backend, { feed: ({ host }) => host }),
};
