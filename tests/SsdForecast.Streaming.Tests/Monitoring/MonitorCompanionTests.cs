using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class MonitorCompanionTests
{
    [Fact]
    public void The_engine_gives_what_a_monitor_by_hand_gives()
    {
        var model = Streams.Model();
        var options = new MonitorOptions { AdaptationForgetting = 0.99, CalibrationRate = 0.1 };
        var companion = new MonitorCompanion(model, options);
        var engine = new StreamingEngine(model, new StreamingOptions { Companions = [companion] });
        var monitor = new SeriesMonitor(model.Config, options);
        var (state, memory, raw) = (new float[model.StateLength], new float[monitor.StateLength], new double[model.ForecastLength]);
        model.InitializeState(state, "series 0");
        monitor.Initialize(memory);
        foreach (var (id, o) in Streams.Events(1, 300))
        {
            var expected = Verdict.None;
            if (model.Progress(state).Count > 0)
            {
                model.Forecast(state, raw);
                expected = monitor.Judge(memory, model.Encoded(state), model.Scale(state), raw.AsSpan(0, model.Config.Outputs), o.Value);
            }
            model.Observe(id, state, o);
            model.Forecast(state, raw);
            monitor.Adjust(memory, model.Encoded(state), model.Scale(state), raw);
            Assert.Equal(raw, Streams.Flat(engine.Observe(id, o)));
            Assert.Equal(expected, companion.Read(engine, id));
            Assert.Equal(raw, Streams.Flat(engine.Forecast(id)));
        }
    }

    [Fact]
    public void A_value_after_a_gap_is_judged_as_if_the_steps_between_were_missing()
    {
        var model = Streams.Model();
        var companion = new MonitorCompanion(model);
        var (gap, filled) = (new StreamingEngine(model, new StreamingOptions { Companions = [companion] }), new StreamingEngine(model, new StreamingOptions { Companions = [companion] }));
        for (var t = 0; t < 20; t++)
        {
            var isThere = t is < 10 or > 13;
            if (isThere) gap.Observe("a", Streams.At(t, t % 3));
            filled.Observe("a", Streams.At(t, isThere ? t % 3 : double.NaN));
            if (isThere) Assert.Equal(companion.Read(filled, "a"), companion.Read(gap, "a"));
        }

        gap.Observe("a", Streams.At(20, 1e6));
        Assert.True(companion.Read(gap, "a").IsAnomaly);
        Assert.Equal(Verdict.None, companion.Read(gap, "never seen"));
    }

    [Fact]
    public void It_takes_less_than_two_hundred_bytes_with_nine_quantiles()
        => Assert.InRange(new MonitorCompanion(Streams.Model(config: Streams.Config with { Quantiles = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95] })).Bytes, 1, 200);

    [Fact]
    public void Its_name_tells_its_options_and_a_snapshot_kept_otherwise_is_refused_with_both()
    {
        using var folder = new TemporaryFolder();
        var model = Streams.Model();
        var options = new MonitorOptions { CalibrationRate = 0.0625, TailShape = 0, DriftTolerance = 1e-5, DriftThreshold = 1e6, DriftWarmUp = 77, AdaptationForgetting = 0.999, AdaptationBound = 2.5 };
        Assert.Equal(options, MonitorName.Read("state 12 + " + MonitorName.Of(options) + " 800 + other 1 8"));
        Assert.Null(MonitorName.Read("state 12 + other 1 8"));

        // The level of anomalies and what leaves the engine are no part of it.
        StreamingOptions Companions(params MonitorCompanion[] companions) => new() { Companions = companions };
        using (var engine = new StreamingEngine(model, Companions(new MonitorCompanion(model, options))))
        {
            engine.Observe("a", Streams.At(0, 1));
            engine.Snapshot(folder["s"]);
        }

        using (StreamingEngine.Restore(model, folder["s"], Companions(new MonitorCompanion(model, options with { AnomalyLevel = 0.3 }) { CalibratesForecasts = false })))
        {
        }

        foreach (var other in (StreamingOptions[])[Companions(), Companions(new MonitorCompanion(model, options with { DriftWarmUp = 78 }))])
        {
            var e = Assert.Throws<OtherCompanionsException>(() => StreamingEngine.Restore(model, folder["s"], other));
            Assert.Equal(options, MonitorName.Read(e.Layout));
            Assert.NotEqual(e.Layout, e.Own);
        }
    }

    [Fact]
    public void A_sink_reads_what_the_companion_says_and_forecasts_may_leave_as_the_model_gives_them()
    {
        var model = Streams.Model();
        var (plain, watching) = (new StreamingEngine(model), new MonitorCompanion(model) { CalibratesForecasts = false });
        var engine = new StreamingEngine(model, new StreamingOptions { Companions = [watching] });
        var calibrating = new MonitorCompanion(model);
        var other = new StreamingEngine(model, new StreamingOptions { Companions = [calibrating] });
        var sink = new Verdicts(watching);
        foreach (var (id, o) in Streams.Events(2, 200))
        {
            engine.Observe(id, StreamingEngine.NoSequence, o, [], sink);
            Assert.Equal(Streams.Flat(plain.Observe(id, o)), Streams.Flat(engine.Forecast(id)));
            other.Observe(id, o);
            Assert.Equal(calibrating.Read(other, id), sink.Last);
            Assert.Equal(watching.Read(engine, id), sink.Last);
        }

        Assert.Equal(400, sink.Count);
        Assert.Throws<ArgumentException>(() => { engine.Observe("series 0", StreamingEngine.NoSequence, Streams.At(200, 1), [], new Verdicts(calibrating)); });
    }

    private sealed class Verdicts(MonitorCompanion companion) : IObservationSink
    {
        public Verdict Last { get; private set; }

        public int Count { get; private set; }

        public void Taken(in TakenEvent taken)
        {
            Last = companion.Read(taken);
            Assert.Equal(0, companion.Shift(taken));
            Count++;
        }
    }
}
