using SsdForecast.Data;

namespace SsdForecast.Runtime.Tests.Recurrent;

public class ObservationTests
{
    private static readonly ModelConfig Config = new()
    {
        Block = new BlockConfig { DModel = 8, DState = 4, HeadDim = 4 },
        Layers = 1,
        Lookback = 6,
        Horizon = 2,
        PastCovariates = 1,
        KnownCovariates = 1,
        StaticCovariates = 1,
    };

    private static readonly DateTime Start = new(2024, 1, 1);

    public static TheoryData<string, Observation, ObservationProblem> Bad => new()
    {
        { "infinite value", Good(9) with { Value = double.PositiveInfinity }, ObservationProblem.NotFinite },
        { "absurd value", Good(9) with { Value = 1e300 }, ObservationProblem.OutOfRange },
        { "the same time", Good(4), ObservationProblem.TimeNotAfter },
        { "an earlier time", Good(2), ObservationProblem.TimeNotAfter },
        { "the end of time", Good(9) with { Time = DateTime.MaxValue }, ObservationProblem.TimeOutOfRange },
        { "no past covariate", Good(9) with { PastCovariates = default }, ObservationProblem.CovariateCount },
        { "one known covariate of two", Good(9) with { KnownCovariates = new double[1] }, ObservationProblem.CovariateCount },
        { "two static covariates of one", Good(9) with { StaticCovariates = new double[2] }, ObservationProblem.CovariateCount },
        { "infinite covariate", Good(9) with { KnownCovariates = new double[] { 0, double.NegativeInfinity } }, ObservationProblem.NotFinite },
        { "absurd covariate", Good(9) with { PastCovariates = new double[] { -1e200 } }, ObservationProblem.OutOfRange },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_event_is_refused_by_name_and_the_state_is_untouched(string what, Observation bad, ObservationProblem problem)
    {
        var random = new Random(3);
        var model = new RecurrentModel(RandomModel.Folder(Config, random));
        var state = model.CreateState("pump 7", [1.5]);
        for (var t = 0; t < 5; t++) model.Observe(state, Good(t));
        var before = model.Save(state);
        var e = Assert.Throws<ObservationException>(() => model.Observe(state, bad));
        Assert.True(problem == e.Problem, $"{what}: {e.Message}");
        Assert.Contains("pump 7", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal(before, model.Save(state));
        model.Observe(state, Good(9));
    }

    [Fact]
    public void Static_covariates_may_come_with_the_state_or_with_an_event()
    {
        var random = new Random(4);
        var model = new RecurrentModel(RandomModel.Folder(Config, random));
        var (early, late) = (model.CreateState("a", [2.5]), model.CreateState("a"));
        model.Observe(early, Good(0));
        model.Observe(late, Good(0) with { StaticCovariates = new[] { 2.5 } });
        Assert.Equal(model.Save(early), model.Save(late));
        Assert.Throws<ArgumentException>(() => model.CreateState("a", [1, 2]));
    }

    [Fact]
    public void Times_follow_the_frequency_and_months_count_from_the_first_event()
    {
        DateTime[] Times(Frequency? frequency, params DateTime[] events)
        {
            var random = new Random(5);
            var config = Config with { PastCovariates = 0, KnownCovariates = 0, StaticCovariates = 0 };
            var preprocessor = RandomModel.Preprocessor(config, random) with { Frequency = frequency, Step = TimeSpan.FromMinutes(90) };
            var model = new RecurrentModel(RandomModel.Folder(config, random, preprocessor));
            var state = model.CreateState("a");
            foreach (var time in events) model.Observe(state, new Observation(time, 1));
            return [.. model.Forecast(state).Times];
        }

        Assert.Equal([Start.AddHours(1), Start.AddHours(2)], Times(Frequency.Hourly, Start));
        Assert.Equal([new(2024, 3, 30), new(2024, 4, 30)], Times(Frequency.Monthly, new DateTime(2024, 1, 30), new DateTime(2024, 2, 29)));
        Assert.Equal([Start.AddMinutes(90), Start.AddMinutes(180)], Times(null, Start));
        Assert.Empty(Times(Frequency.Ordinal, default, default, default));
    }

    private static Observation Good(int hour) => new(Start.AddHours(hour), 3 + hour, new double[] { hour }, new double[] { 1, 2 });
}
