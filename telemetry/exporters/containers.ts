import { counter, gauge, open, someHave } from '../contract';

const container = {
  id: open('cgroup', 300),
  container: someHave('name of the container; none for other cgroups', 300),
  namespace: someHave('namespace of its pod (Kubernetes)', 50),
  pod: someHave('its pod (Kubernetes)', 300),
  image: someHave('image', 100),
  container_label_io_audifi_component: someHave('component of this stack (Docker)', 50),
  container_label_io_audifi_stack: someHave('stack (Docker)', 5),
};

/** Container metrics of cAdvisor: the stack's own on Docker, each kubelet's on Kubernetes. */
export const containerMetrics = {
  container_cpu_usage_seconds_total: counter({
    unit: 'seconds',
    help: 'CPU time of the container.',
    labels: { ...container, cpu: open('"total", or number of the CPU', 256) },
    budget: 600,
  }),
  container_memory_working_set_bytes: gauge({
    unit: 'bytes',
    help: 'Memory in use without the file cache that was not read lately.',
    labels: container,
    budget: 300,
  }),
  container_memory_total_active_file_bytes: gauge({
    unit: 'bytes',
    help: 'File cache that was read lately: part of the working set, and yet the kernel can take it back.',
    labels: container,
    budget: 300,
  }),
  container_spec_memory_limit_bytes: gauge({
    unit: 'bytes',
    help: 'Memory limit of the container; 0 for none.',
    labels: container,
    budget: 300,
  }),
  container_scrape_error: gauge({
    unit: 'boolean',
    help: '1 if cAdvisor could not read the containers.',
  }),
};
