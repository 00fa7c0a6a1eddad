using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>The bidirectional operator against its dense mixing matrix.</summary>
public class SsdBidirectionalTests
{
    [Fact]
    public void One_merged_pass_equals_the_dense_matrix() => Prop
        .ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            BidirectionalProblem problem = BidirectionalProblem.Random(random, SsdProblem.RandomShape(random));
            double[] dense = problem.Dense();
            Assert.InRange(RelativeError.Of(problem.Forward<double>(), dense), 0, 1e-10);
            Assert.InRange(RelativeError.Of(problem.Forward<float>(), dense), 0, 2e-5);
            Assert.InRange(RelativeError.Of(problem.Forward<float>(simd: SimdWidth.Bits128), dense), 0, 2e-5);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        foreach (bool given in new[] { false, true })
            CheckDifferences(new Random(8), given);
    }

    private static void CheckDifferences(Random random, bool gainIsGiven)
    {
        BidirectionalProblem problem = BidirectionalProblem.Random(random, new SsdShape(2, 19, 2, 3, 2, 2), gainIsGiven);
        double[][] gradients = problem.Backward<double>();
        for (int k = 0; k < gradients.Length; k++)
        {
            for (int trial = 0; trial < 12 && gradients[k].Length > 0; trial++)
            {
                int i = random.Next(gradients[k].Length);
                double difference = FiniteDifference.Of(problem.Inputs[k], i, () => problem.Dense().Zip(problem.GradY, (a, b) => a * b).Sum());
                Assert.True(
                    Math.Abs(difference - gradients[k][i]) < 1e-6 * (1 + Math.Abs(difference)),
                    $"{BidirectionalProblem.Names[k]}[{i}]: {gradients[k][i]} but differences give {difference}");
            }
        }
    }

    [Fact]
    public void Float32_gradients_equal_float64_and_threads_do_not_change_a_bit() => Prop
        .ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            BidirectionalProblem problem = BidirectionalProblem.Random(random, SsdProblem.RandomShape(random) with { Length = random.Next(2, 300) });
            double[][] exact = problem.Backward<double>(), single = problem.Backward<float>(threads: 1), threads = problem.Backward<float>(threads: 3);
            Assert.Equal(single, threads);
            // dA and d_dt_bias, few sums that may nearly cancel, are measured together.
            Assert.InRange(RelativeError.Of(single[2].Concat(single[3]), exact[2].Concat(exact[3])), 0, 1e-4);
            foreach (int k in Enumerable.Range(0, problem.Inputs.Length).Where(k => k is not (2 or 3) && problem.Inputs[k].Length > 0))
                Assert.True(RelativeError.Of(single[k], exact[k]) < 2e-5, $"{BidirectionalProblem.Names[k]} is off by {RelativeError.Of(single[k], exact[k]):e2} for {problem.Shape}");
            Assert.Equal(problem.Forward<float>(threads: 1), problem.Forward<float>(threads: 3));
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(25));
}
