package bus

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
)

const topic, partitions = "source-requests", 3

// broker starts brokers that speak Kafka's protocol, in this process.
func broker(t *testing.T) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(2), kfake.SeedTopics(partitions, topic))
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	return cluster
}

// consume returns n records of each partition's in order.
func consume(t *testing.T, addresses []string, n int) map[int32][]*sarama.ConsumerMessage {
	t.Helper()
	config := sarama.NewConfig()
	config.Version = sarama.V2_1_0_0
	consumer, err := sarama.NewConsumer(addresses, config)
	require.NoError(t, err)
	out := map[int32][]*sarama.ConsumerMessage{}
	arrived := make(chan *sarama.ConsumerMessage)
	for partition := range int32(partitions) {
		of, err := consumer.ConsumePartition(topic, partition, sarama.OffsetOldest)
		require.NoError(t, err)
		go func() {
			for m := range of.Messages() {
				arrived <- m
			}
		}()
		defer of.AsyncClose()
	}
	for range n {
		select {
		case m := <-arrived:
			out[m.Partition] = append(out[m.Partition], m)
		case <-time.After(20 * time.Second):
			require.FailNow(t, "messages are missing")
		}
	}
	return out
}

func TestKafkaGetsEachRequestInOneOrder(t *testing.T) {
	cluster, log := broker(t), newLog(t)
	to, err := ParseTarget("kafka://"+strings.Join(cluster.ListenAddrs(), ",")+"/"+topic, "", 0)
	require.NoError(t, err)
	p, _ := running(t, configOf(log, to))
	log.grow(80)
	waitFor(log, p)

	var messages []published
	partitionOf := map[string]int32{}
	validate := validator(t)
	records := consume(t, cluster.ListenAddrs(), len(log.ids))
	for partition, of := range records {
		for _, r := range of {
			require.NoError(t, validate(r.Value))
			m := publishedOf(t, string(r.Value))
			assert.Equal(t, m.Subject, string(r.Key))
			if before, known := partitionOf[m.Subject]; known {
				require.Equal(t, before, partition)
			}
			partitionOf[m.Subject] = partition
			headers := map[string]string{}
			for _, h := range r.Headers {
				headers[string(h.Key)] = string(h.Value)
			}
			assert.Equal(t, "application/cloudevents+json; charset=UTF-8", headers["content-type"])
			messages = append(messages, m)
		}
	}
	require.Greater(t, len(records), 1, "the requests are spread over partitions")
	require.Zero(t, log.requireAll(messages))
}

func TestKafkaMayComeLater(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().(*net.TCPAddr)
	require.NoError(t, l.Close())
	to, err := ParseTarget("kafka://"+address.String()+"/"+topic, "", 0)
	require.NoError(t, err)
	log := newLog(t)
	log.grow(5)
	p, _ := running(t, configOf(log, to))
	require.Eventually(t, func() bool { return p.Progress().Failure != "" }, 20*time.Second, time.Millisecond)
	require.Zero(t, p.Progress().Published)

	cluster, err := kfake.NewCluster(kfake.Ports(address.Port), kfake.SeedTopics(partitions, topic))
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	waitFor(log, p)
	require.EqualValues(t, len(log.ids), p.Progress().Published)
	require.Eventually(t, func() bool { return p.Progress().Failure == "" }, 5*time.Second, time.Millisecond)
}
