namespace SsdForecast.Data.Tests;

public class NearestNameTests
{
    [Theory]
    [InlineData("fti", "fit", "verify", "fit")]
    [InlineData("horizn", "horizon", "horizon", "header")]
    [InlineData("hroizno", "horizon", "horizon", "header")]
    [InlineData("HORIZON", "horizon", "horizon")]
    [InlineData("etth", "etth1", "etth1", "ettm1")]
    [InlineData("etth2", "etth2", "etth1", "etth2")]
    [InlineData("batch", "batch_size", "batch_size", "past")]
    [InlineData("bach", "batch", "batch_size", "batch")]
    [InlineData("", null, "fit")]
    [InlineData("ot", null, "fit", "on")]
    [InlineData("fo", null, "forecast")]
    [InlineData("lr", null, "learning_rate", "d")]
    [InlineData("plot", null, "fit", "report", "stream")]
    [InlineData("price", null, "date", "load")]
    [InlineData("hrozin", null, "horizontal")]
    [InlineData("anything", null)]
    public void Only_a_name_within_two_slips_and_a_third_of_its_length_is_near(string wanted, string? near, params string[] candidates)
        => Assert.Equal(near, NearestName.Of(wanted, candidates));

    /// <summary>One letter wrong, missing, too many, or swapped with the next, anywhere.</summary>
    [Theory]
    [InlineData("learning_rate")]
    [InlineData("fit")]
    public void Whatever_slip_is_made_in_a_name_it_is_found(string name)
    {
        string[] candidates = ["weight_decay", "steps_per_epoch", name, "warm_up", "backtest"];
        for (var i = 0; i < name.Length - 1; i++)
        {
            foreach (var wanted in (string[])[name[..i] + '~' + name[(i + 1)..], name[..i] + name[(i + 1)..], name[..i] + '~' + name[i..], name[..i] + name[i + 1] + name[i] + name[(i + 2)..]])
                Assert.Equal(name, NearestName.Of(wanted, candidates));
        }
    }
}
