package bus

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-kafka/v3/pkg/kafka"
	"github.com/ThreeDotsLabs/watermill-redisstream/pkg/redisstream"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/redis/go-redis/v9"

	"backlot/domain"
)

// Target is where messages go.
type Target struct {
	Kind  string // redis or kafka
	Topic string // the stream's or the topic's name
	// Open connects. It may fail while the other side is away.
	Open func() (message.Publisher, error)
}

// name is what the checkpoint of the target is called: what one target has
// says nothing of another.
func (t Target) name() string { return "bus-" + t.Kind + "-" + t.Topic }

// topicName is what Kafka takes; for Redis the same keeps keys readable.
var topicName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`)

const topicNames = "a name of 1 to 200 letters, digits, dots, hyphens and underscores"

// ParseTarget reads redis://… (also rediss:// and unix://), to publish to the
// stream there, or kafka://broker1,broker2/topic. A Redis stream is kept at
// about maxLength messages, the oldest are dropped; 0 is without a limit. The
// error is CodeInvalid.
func ParseTarget(address, stream string, maxLength int64) (Target, error) {
	if brokers, ok := strings.CutPrefix(address, "kafka://"); ok {
		list, topic, _ := strings.Cut(brokers, "/")
		if list == "" || strings.Contains(","+list+",", ",,") || !topicName.MatchString(topic) {
			return Target{}, domain.Errorf(domain.CodeInvalid, "%q does not say which Kafka; write kafka://broker1:9092,broker2:9092/topic, the topic being %s", address, topicNames)
		}
		return kafkaTarget(strings.Split(list, ","), topic), nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix" {
		return Target{}, domain.Errorf(domain.CodeInvalid, "%q is not a bus; write redis for the portal's own Redis, redis://host:6379, or kafka://broker1:9092,broker2:9092/topic", address)
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		return Target{}, &domain.Error{Code: domain.CodeInvalid, Message: "the Redis of the bus: " + err.Error() + "; for example redis://127.0.0.1:6379", Err: err}
	}
	if !topicName.MatchString(stream) {
		return Target{}, domain.Errorf(domain.CodeInvalid, "%q cannot be the stream of the bus; take %s", stream, topicNames)
	}
	if maxLength < 0 {
		return Target{}, domain.Errorf(domain.CodeInvalid, "a stream cannot be kept at %d messages; 0 is without a limit", maxLength)
	}
	return redisTarget(options, stream, maxLength), nil
}

func redisTarget(options *redis.Options, stream string, maxLength int64) Target {
	return Target{Kind: "redis", Topic: stream, Open: func() (message.Publisher, error) {
		return redisstream.NewPublisher(redisstream.PublisherConfig{
			Client: redis.NewClient(options), Marshaller: redisMarshaller{}, DefaultMaxlen: maxLength,
		}, watermill.NopLogger{})
	}}
}

// redisMarshaller writes what Watermill's own subscriber reads as well, without
// the metadata, which are in the payload already.
type redisMarshaller struct{}

// Marshal implements redisstream.Marshaller.
func (redisMarshaller) Marshal(_ string, m *message.Message) (map[string]any, error) {
	return map[string]any{redisstream.UUIDHeaderKey: m.UUID, "payload": []byte(m.Payload)}, nil
}

// kafkaTime is how long a broker may take to answer. The client tries hardly
// again by itself, since it cannot be interrupted and the publisher does.
const kafkaTime = 5 * time.Second

func kafkaTarget(brokers []string, topic string) Target {
	return Target{Kind: "kafka", Topic: topic, Open: func() (message.Publisher, error) {
		config := sarama.NewConfig()
		config.ClientID = "backlot"
		config.Version = sarama.V2_1_0_0 // the oldest that current brokers speak
		config.Producer.Return.Successes = true
		config.Producer.RequiredAcks = sarama.WaitForAll
		config.Producer.Partitioner = sarama.NewHashPartitioner
		config.Producer.MaxMessageBytes = 2 << 20 // above the largest event; the topic has to take it, too
		config.Producer.Timeout = kafkaTime
		config.Producer.Retry.Max, config.Metadata.Retry.Max = 1, 1
		config.Net.DialTimeout, config.Net.ReadTimeout, config.Net.WriteTimeout = kafkaTime, kafkaTime, kafkaTime
		return kafka.NewPublisher(kafka.PublisherConfig{
			Brokers: brokers, Marshaler: kafkaMarshaler{kafka.NewWithPartitioningMarshaler(keyOf)}, OverwriteSaramaConfig: config,
		}, watermill.NopLogger{})
	}}
}

func keyOf(_ string, m *message.Message) (string, error) { return m.Metadata.Get(partitionKey), nil }

// kafkaMarshaler adds the header of CloudEvents' binding for Kafka.
type kafkaMarshaler struct{ kafka.Marshaler }

// Marshal implements kafka.Marshaler.
func (k kafkaMarshaler) Marshal(topic string, m *message.Message) (*sarama.ProducerMessage, error) {
	out, err := k.Marshaler.Marshal(topic, m)
	if err != nil {
		return nil, err
	}
	out.Headers = append(out.Headers, sarama.RecordHeader{Key: []byte("content-type"), Value: []byte(contentType)})
	return out, nil
}
