using SsdForecast.Runtime;

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
        => Assert.InRange(new MonitorCompanion(Streams.Model(config: Streams.Config with { Quantiles = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95] })).Bytes, 1, 120);
}
