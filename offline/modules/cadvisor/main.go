// Command cadvisor is a stand-in for cAdvisor's own command, which is not published as a Go module. The measuring is
// cAdvisor's: this file only wires its library to the flags that the stack uses and serves /metrics and /healthz.
// There is no web page, no JSON API and no storage driver.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/cadvisor/lib/cache/memory"
	"github.com/google/cadvisor/lib/container"
	"github.com/google/cadvisor/lib/manager"
	"github.com/google/cadvisor/lib/metrics"
	"github.com/google/cadvisor/lib/model"
	"github.com/google/cadvisor/lib/utils/sysfs"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"

	// Runtimes whose containers get a name, and file systems whose usage is measured.
	_ "github.com/google/cadvisor/container/docker/install"
	_ "github.com/google/cadvisor/lib/container/containerd/install"
	_ "github.com/google/cadvisor/lib/container/systemd/install"
	_ "github.com/google/cadvisor/lib/fs/btrfs/install"
	_ "github.com/google/cadvisor/lib/fs/nfs/install"
	_ "github.com/google/cadvisor/lib/fs/overlay/install"
	_ "github.com/google/cadvisor/lib/fs/tmpfs/install"
	_ "github.com/google/cadvisor/lib/fs/vfs/install"
)

// version is the library's, set when linking.
var version = "unknown"

// What the upstream command leaves out by default: these cost memory and series out of proportion to their use.
var disabled = container.MetricSet{
	container.MemoryNumaMetrics:              {},
	container.NetworkTcpUsageMetrics:         {},
	container.NetworkUdpUsageMetrics:         {},
	container.NetworkAdvancedTcpUsageMetrics: {},
	container.ProcessSchedulerMetrics:        {},
	container.ProcessMetrics:                 {},
	container.HugetlbUsageMetrics:            {},
	container.ReferencedMemoryMetrics:        {},
	container.CPUTopologyMetrics:             {},
	container.ResctrlMetrics:                 {},
	container.CPUSetMetrics:                  {},
}

func main() {
	enabled := container.MetricSet{}
	listenIP := flag.String("listen_ip", "", "IP to listen on, all by default")
	port := flag.Int("port", 8080, "port to listen on")
	storeLabels := flag.Bool("store_container_labels", true, "turn every label of a container into a label of its series")
	labels := flag.String("whitelisted_container_labels", "", "labels to keep when store_container_labels is false, comma-separated")
	cgroups := flag.String("raw_cgroup_prefix_whitelist", "", "cgroup paths to measure even with docker_only, comma-separated")
	printVersion := flag.Bool("version", false, "print the version and exit")
	flag.Var(&disabled, "disable_metrics", "metrics to leave out, comma-separated")
	flag.Var(&enabled, "enable_metrics", "metrics to measure, comma-separated; overrides disable_metrics")
	klog.InitFlags(nil)
	flag.Parse()
	if *printVersion {
		fmt.Printf("cAdvisor library %s, stand-in command of the offline kit\n", version)
		return
	}
	included := enabled
	if len(enabled) == 0 {
		included = container.AllMetrics.Difference(disabled)
	}
	keep := metrics.DefaultContainerLabels
	if !*storeLabels {
		keep = metrics.BaseContainerLabels(list(*labels))
	}
	address := net.JoinHostPort(*listenIP, strconv.Itoa(*port))
	if err := run(address, included, list(*cgroups), keep); err != nil {
		klog.ErrorS(err, "cadvisor stops")
		klog.Flush()
		os.Exit(1)
	}
}

// list splits a comma-separated flag; an empty flag is one empty entry, as the library expects.
func list(value string) []string {
	parts := strings.Split(value, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func run(address string, included container.MetricSet, cgroups []string, keep metrics.ContainerLabelsFunc) error {
	cache := memory.New(2*time.Minute, nil)
	m, err := manager.New(cache, sysfs.NewRealSysFs(), manager.HousekeepingConfigFlags, included, cgroups, []string{}, "", 0)
	if err != nil {
		return fmt.Errorf("cannot read this machine's cgroups: %w", err)
	}
	if err := m.Start(); err != nil {
		return fmt.Errorf("cannot start watching containers: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	mux.Handle("/metrics", handler(m, included, keep))
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}

	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	go func() {
		<-stop.Done()
		grace, done := context.WithTimeout(context.Background(), 2*time.Second)
		defer done()
		_ = server.Shutdown(grace)
	}()
	klog.Infof("stand-in for cAdvisor's command on its library %s, listening on %s, metrics: %s", version, address, included.String())
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return m.Stop()
}

// handler gathers afresh at each scrape: the collector takes the newest sample of every container at that moment.
func handler(m manager.Manager, included container.MetricSet, keep metrics.ContainerLabelsFunc) http.Handler {
	machine := metrics.NewPrometheusMachineCollector(m, included)
	runtime := collectors.NewGoCollector()
	process := collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})
	newest := model.RequestOptions{IdType: model.TypeName, Count: 1, Recursive: true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		registry := prometheus.NewRegistry()
		registry.MustRegister(
			metrics.NewPrometheusCollector(m, keep, included, clock.RealClock{}, newest), machine, runtime, process)
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}).ServeHTTP(w, r)
	})
}
